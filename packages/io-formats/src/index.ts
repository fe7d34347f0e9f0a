/**
 * Readers and writers for spectral file formats, and data sets made of files.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { csvReader } from "./csv-reader.ts";
import { matReader } from "./mat-reader.ts";
import { npyReader } from "./npy-reader.ts";
import { npzReader } from "./npz-reader.ts";
import { spectra } from "./spectra.ts";

export * from "./csv-reader.ts";
export * from "./mat-reader.ts";
export * from "./npy-reader.ts";
export * from "./npz-reader.ts";
export * from "./spectra.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/io-formats",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [csvReader, matReader, npyReader, npzReader, spectra],
});
export default plugin;
