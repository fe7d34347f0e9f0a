/**
 * Readers and writers for spectral file formats.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { matReader } from "./mat-reader.ts";

export * from "./mat-reader.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/io-formats",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [matReader],
});
export default plugin;
