import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { defineComponent, SpectraiError } from "@spectrai/core";
import { z } from "zod";
import { runningEngine, setEngine, startEngine } from "./engine.ts";
import type { Wasm } from "./heap.ts";
import { cores } from "./host.ts";
import { adopt, hostListeners, loadShared, workerThreads } from "./load.ts";
import { missingKernels, registerKernels } from "./register.ts";
import { mostThreads } from "./team.ts";

export const wasmBackendSchema = z.strictObject({
  threads: z.int().min(1).max(mostThreads).optional().meta({
    description: "Threads to compute on; absent = one for every core, 8 at most. A browser always computes on one.",
    group: "device",
  }),
  path: z.string().optional().meta({
    description:
      "Browser only: folder or URL, ending in a slash, that serves the .wasm files of @tensorflow/tfjs-backend-wasm/dist.",
    group: "device",
  }),
});

/** More threads than this gain little on arrays of the sizes that networks have here. */
const mostByDefault = 8;
const defaultThreads = (): number => Math.min(cores(), mostByDefault);

/**
 * TensorFlow.js on WebAssembly with SIMD, with kernels of our own for convolutions, matrix products and their gradients,
 * which share the work among threads. The `.wasm` files come from the installed package: nothing is fetched. In a browser
 * the page must serve `@tensorflow/tfjs-backend-wasm/dist/*.wasm`, and `path` must name where.
 */
export const wasmBackend = defineComponent({
  kind: "backend",
  name: "wasm",
  summary: "WebAssembly with SIMD and threads: portable, nothing to install.",
  schema: wasmBackendSchema,
  create: ({ threads, path }) => ({
    name: "wasm",
    probe: async () => {
      if (typeof WebAssembly !== "object")
        return { available: false, reason: "this JavaScript engine has no WebAssembly" };
      if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")))
        return { available: false, reason: "this JavaScript engine has WebAssembly, but without SIMD" };
      const engine = runningEngine();
      const count = engine?.threads ?? (workerThreads() ? (threads ?? defaultThreads()) : 1);
      return {
        available: true,
        device: `WebAssembly, 128-bit SIMD, ${count} thread${count > 1 ? "s" : ""}`,
      };
    },
    init: async () => {
      // One heap a process, as tfjs has one backend of a name: a second run uses the first one's threads.
      if (runningEngine()) {
        await tf.setBackend("wasm");
        return;
      }
      registerKernels();
      const wanted = threads ?? defaultThreads();
      const shared = wanted > 1 ? await loadShared() : undefined;
      if (shared) adopt(shared);
      else {
        if (path !== undefined) setWasmPaths(path);
        // In a browser tfjs would take its threaded build, whose thread pool holds one thread: eight idle workers.
        tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
      }
      const listeners = hostListeners();
      const started = await tf.setBackend("wasm");
      listeners.restore();
      if (!started)
        throw new SpectraiError(
          "SPECTRAI_BACKEND_UNAVAILABLE",
          "The wasm backend could not start: its .wasm files were not found or not accepted. In a browser, set the backend's option `path` to the folder that serves them.",
        );
      setEngine(await startEngine(tf.backend() as unknown as Wasm, wanted));
    },
    capabilities: () => ({ missingKernels: missingKernels(), bf16: false, threads: runningEngine()?.threads ?? 1 }),
  }),
});
