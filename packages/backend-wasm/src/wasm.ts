import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { missingKernels, registerKernels } from "./register.ts";

export const wasmBackendSchema = z.strictObject({
  path: z.string().optional().meta({
    description:
      "Folder or URL, ending in a slash, with the .wasm files of @tensorflow/tfjs-backend-wasm; in Node.js they are found in the package.",
    group: "device",
  }),
});

/**
 * TensorFlow.js on WebAssembly with SIMD, made complete for training. Runs in Node.js and in every browser; in a browser
 * the page must serve `node_modules/@tensorflow/tfjs-backend-wasm/dist/*.wasm` and name the folder in `path`.
 */
export const wasmBackend = defineComponent({
  kind: "backend",
  name: "wasm",
  summary: "WebAssembly with SIMD: portable, no installation, several times faster than plain JavaScript.",
  schema: wasmBackendSchema,
  create: ({ path }) => ({
    name: "wasm",
    probe: async () => {
      if (typeof WebAssembly !== "object")
        return { available: false, reason: "this JavaScript engine has no WebAssembly" };
      const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
      return { available: true, device: `WebAssembly, ${simd ? "128-bit SIMD" : "no SIMD"}, 1 thread` };
    },
    init: async () => {
      registerKernels();
      if (path !== undefined) setWasmPaths(path);
      // In Node.js tfjs never takes the threaded binary; in a browser it does, though its thread pool was built to hold
      // one thread: all it would bring is a shared heap.
      tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
      const ok = await tf.setBackend("wasm");
      if (!ok)
        throw new SpectraiError(
          "SPECTRAI_BACKEND_UNAVAILABLE",
          "The wasm backend could not be started: its .wasm files were not found or not accepted; set the backend's option `path` to the folder that serves them.",
        );
      await tf.ready();
    },
    capabilities: () => ({ missingKernels: missingKernels(), bf16: false, threads: 1 }),
  }),
});
