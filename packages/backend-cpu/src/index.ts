/**
 * The plain JavaScript backend of TensorFlow.js behind the spectrai contract.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { cpuBackend } from "./cpu.ts";

export * from "./cpu.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/backend-cpu",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [cpuBackend],
});
export default plugin;
