/**
 * The WebGPU backend, in browsers and, through Dawn, in Node.js, with the kernels that tfjs lacks.
 *
 * @packageDocumentation
 */
import { definePlugin, type Plugin } from "@spectrai/core";
import { webgpuBackend } from "./webgpu.ts";

export * from "./webgpu.ts";

const plugin: Plugin = definePlugin({
  name: "@spectrai/backend-webgpu",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [webgpuBackend],
});
export default plugin;
