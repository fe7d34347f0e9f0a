/**
 * The native CPU backend: TensorFlow.js kernels in C++ on oneDNN.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { onednnBackend } from "./onednn.ts";

export * from "./onednn.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/backend-onednn",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [onednnBackend],
});
export default plugin;
