import { type Backend, defineComponent, definePlugin, type Plugin } from "@spectrai/core";
import { z } from "zod";

const schema = z.strictObject({});

/** WebGPU: most of its code is loaded when it is chosen, or `auto` finds a graphics card. */
const webgpu = defineComponent({
  kind: "backend",
  name: "webgpu",
  summary: "Graphics cards by WebGPU.",
  schema,
  create: async () => {
    if (!("gpu" in navigator)) return absent("webgpu", withoutWebGpu());
    const { webgpuBackend, webgpuBackendSchema } = await import("@spectrai/backend-webgpu");
    return webgpuBackend.create(webgpuBackendSchema.parse({}), {});
  },
});

/** WebAssembly: its code is loaded when it is chosen, or WebGPU cannot be used. */
const wasm = defineComponent({
  kind: "backend",
  name: "wasm",
  summary: "WebAssembly with SIMD, on one thread.",
  schema,
  create: async () => {
    const [{ wasmBackend, wasmBackendSchema }, { setWasmPaths }, { default: url }] = await Promise.all([
      import("@spectrai/backend-wasm"),
      import("@tensorflow/tfjs-backend-wasm"),
      import("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url"),
    ]);
    // The backend refuses machines without SIMD and takes one thread in a page: of three builds only this one is used.
    const builds = ["", "-simd", "-threaded-simd"].map((kind) => [`tfjs-backend-wasm${kind}.wasm`, url]);
    setWasmPaths(Object.fromEntries(builds) as Record<string, string>);
    return wasmBackend.create(wasmBackendSchema.parse({}), {});
  },
});

/** What a page can compute on. Nothing of it is loaded before it is used. */
export const backends: Plugin = definePlugin({
  name: "spectrai-example-common",
  version: "0.1.0",
  core: ">=0.1.0 <1",
  components: [webgpu, wasm],
});

const withoutWebGpu = (): string =>
  isSecureContext
    ? "this browser has no WebGPU, or has it switched off"
    : "browsers offer WebGPU only to pages from https:// or localhost";

const absent = (name: string, reason: string): Backend => ({
  name,
  probe: () => Promise.resolve({ available: false, reason }),
  init: () => Promise.reject(new Error(reason)),
  capabilities: () => ({ missingKernels: [], bf16: false, threads: 0 }),
});
