import * as tf from "@tensorflow/tfjs-core";
import * as tfjsWasm from "@tensorflow/tfjs-backend-wasm";
import type { WasmModule } from "./heap.ts";
import { builtin, hostProcess } from "./host.ts";

type Factory = (config: object) => Promise<WasmModule>;

export interface WorkerThreads {
  Worker: new (code: string, options: object) => NodeWorker;
}
export interface NodeWorker {
  once(event: string, f: (value: never) => void): void;
  unref(): void;
  terminate(): Promise<number>;
}

/** Node's worker_threads, undefined in a browser. */
export const workerThreads = (): WorkerThreads | undefined => builtin<WorkerThreads>("worker_threads");

/**
 * tfjs's module on a heap that threads can share. Only Node.js: its package holds a build for threads, which tfjs itself
 * never loads there. Undefined where that is not possible.
 */
export async function loadShared(): Promise<WasmModule | undefined> {
  const threads = workerThreads();
  const node = builtin<{ createRequire(url: string): NodeJS_Require }>("module");
  if (!threads || !node || typeof SharedArrayBuffer === "undefined") return undefined;
  const require = node.createRequire(import.meta.url);
  const script = require.resolve("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js");
  const factory = require(script) as Factory;
  const folder = script.slice(0, Math.max(script.lastIndexOf("/"), script.lastIndexOf("\\")) + 1);
  // emscripten starts eight workers for its own thread pool, which this build of XNNPACK never uses (it was made for one
  // thread): 60 MB and 0.2 s for nothing. They get stand-ins while the module is being made.
  const real = threads.Worker;
  const globals = globalThis as { Worker?: unknown };
  const before = globals.Worker;
  threads.Worker = StandIn as unknown as WorkerThreads["Worker"];
  const listeners = hostListeners();
  let made: Promise<WasmModule>;
  try {
    made = factory({ locateFile: (file: string) => folder + file });
  } finally {
    threads.Worker = real;
    if (before === undefined) delete globals.Worker;
    else globals.Worker = before;
  }
  const module = await made;
  listeners.restore();
  module.tfjs = bridge(module);
  return module;
}

interface NodeJS_Require {
  (path: string): unknown;
  resolve(path: string): string;
}

/** A worker that only says it is ready. */
class StandIn {
  onmessage: ((event: { data: object }) => void) | undefined;
  postMessage(message: { readonly cmd?: string }): void {
    if (message.cmd === "load") queueMicrotask(() => this.onmessage?.({ data: { cmd: "loaded" } }));
  }
  on(): void {}
  ref(): void {}
  unref(): void {}
  terminate(): void {}
}

/** emscripten's handlers of uncaught errors rethrow them and take them from the program's own: they are removed again. */
export function hostListeners(): { restore(): void } {
  const host = hostProcess();
  const events = ["uncaughtException", "unhandledRejection"];
  const before = events.map((event) => host?.listeners?.(event) ?? []);
  return {
    restore: () =>
      events.forEach((event, i) => {
        for (const f of host?.listeners?.(event) ?? []) if (!before[i]!.includes(f)) host?.removeListener?.(event, f);
      }),
  };
}

/** The functions that tfjs's backend expects on its module. */
function bridge(module: WasmModule): object {
  const c = (name: string, args: number, returns: string | null = null) =>
    module.cwrap(
      name,
      returns,
      Array.from({ length: args }, () => "number"),
    );
  return {
    init: c("init", 0),
    initWithThreadsCount: c("init_with_threads_count", 1),
    getThreadsCount: c("get_threads_count", 0, "number"),
    registerTensor: c("register_tensor", 3),
    disposeData: c("dispose_data", 1),
    dispose: c("dispose", 0),
  };
}

/** Makes a module loaded here the one that tfjs's backend "wasm" runs on. */
export function adopt(module: WasmModule): void {
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", () => new tfjsWasm.BackendWasm(module as never), 2);
}
