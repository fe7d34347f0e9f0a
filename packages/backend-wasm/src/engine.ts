import * as binary from "./kernel-binary.ts";
import { SpectraiError } from "@spectrai/core";
import type { Wasm, WasmModule } from "./heap.ts";
import { type NodeWorker, workerThreads } from "./load.ts";

/** Numbers of the kernels in assembly/index.as. */
export const Kernel = {
  conv: 0,
  pack: 1,
  outer: 2,
  copy: 3,
  unary: 4,
  binary: 5,
  select: 6,
  sum: 7,
  poolGradient: 8,
} as const;

const bits = new DataView(new ArrayBuffer(4));
/** A float as the 32-bit argument that holds it. */
export function asWord(x: number): number {
  bits.setFloat32(0, x);
  return bits.getInt32(0);
}

interface Exports {
  run(kernel: number, args: number, part: number, parts: number): void;
}

/**
 * The control block, in 32-bit words: a new generation starts a kernel; each helper notes the last it has finished. The
 * waiting is done in JavaScript: V8 11 (Node.js 20) compiles atomics of WebAssembly wrongly before it optimizes them.
 */
const word = { generation: 0, kernel: 1, args: 2, failed: 3, finished: 16 } as const;
/** Looks at a word before going to sleep on it: kernels follow each other closely, and waking takes longer. */
const patience = 2000;

/** Operations below which waking other threads costs more than it saves. */
const worthSharing = 400_000;
const argumentBytes = 512;

/** Our own kernels on the heap of tfjs's backend, on one thread or several. */
export interface Engine {
  readonly threads: number;
  /** Runs a kernel with 32-bit arguments; `operations` decides whether the threads share it. */
  run(kernel: number, args: readonly number[], operations: number): void;
  /** At least this many bytes to work in, until the next call. */
  scratch(bytes: number): number;
  /** At least this many floats that are zero. */
  zeros(floats: number): number;
  dispose(): Promise<void>;
}

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** @param wanted - number of threads, at least 1; more than one needs a shared heap */
export async function startEngine(backend: Wasm, wanted: number): Promise<Engine> {
  const { wasm } = backend;
  const memory = wasm.wasmMemory ?? wasm.asm?.memory;
  if (!memory) throw new Error("the memory of tfjs-backend-wasm was not found");
  guardHeap(wasm);
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const code = shared ? binary.shared : binary.plain;
  const module = await WebAssembly.compile(bytesOf(code));
  const main = (await WebAssembly.instantiate(module, { env: { memory } })).exports as unknown as Exports;
  const claim = (bytes: number): number => {
    const at = wasm._malloc(bytes) >>> 0;
    wasm.HEAPU8.fill(0, at, at + bytes);
    return at;
  };
  const control = claim(4 * (word.finished + wanted));
  const args = claim(argumentBytes);
  const workers = shared && wanted > 1 ? await startWorkers(module, memory, control, wanted - 1) : [];
  const threads = workers.length + 1;
  const words = new Int32Array(memory.buffer, control, word.finished + wanted);
  const share = (kernel: number, at: number): void => {
    const generation = Atomics.load(words, word.generation) + 1;
    words[word.kernel] = kernel;
    words[word.args] = at;
    Atomics.store(words, word.generation, generation);
    Atomics.notify(words, word.generation);
    main.run(kernel, at, 0, threads);
    for (let part = 1; part < threads; part++) {
      let spins = 0;
      for (;;) {
        const now = Atomics.load(words, word.finished + part);
        if (now === generation) break;
        if (++spins > patience) Atomics.wait(words, word.finished + part, now);
      }
    }
    if (words[word.failed]) throw new Error(`kernel ${kernel} failed on a helper thread of the wasm backend`);
  };
  const growing = () => {
    let at = 0;
    let size = 0;
    return (bytes: number): number => {
      if (bytes > size) {
        if (at) wasm._free(at);
        size = Math.max(bytes, 4096);
        at = claim(size);
      }
      return at;
    };
  };
  const scratch = growing();
  const zeros = growing();
  return {
    threads,
    scratch,
    zeros: (floats) => zeros(4 * floats),
    run(kernel, values, operations) {
      new Int32Array(memory.buffer, args, argumentBytes / 4).set(values);
      if (threads > 1 && operations >= worthSharing) share(kernel, args);
      else main.run(kernel, args, 0, 1);
    },
    dispose: async () => {
      await Promise.all(workers.map((w) => w.terminate()));
    },
  };
}

/** tfjs writes to whatever address it is given: a full heap must be an error, not an address of 0. */
function guardHeap(wasm: WasmModule): void {
  // emscripten's first call puts the real function in the place of its own.
  wasm._free(wasm._malloc(16));
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    const at = malloc(bytes);
    if (at === 0 && bytes > 0)
      throw new SpectraiError(
        "SPECTRAI_BACKEND_UNAVAILABLE",
        `The wasm backend has no ${bytes} bytes left in its heap of at most 4 GB; use a smaller batch, a smaller model, or another backend.`,
      );
    return at;
  };
}

/** The helper threads; they sleep until a kernel is shared out, and do not keep the process alive. */
async function startWorkers(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  control: number,
  count: number,
): Promise<NodeWorker[]> {
  const threads = workerThreads();
  if (!threads) return [];
  const code = `
    const { workerData: { module, memory, control, part, parts }, parentPort } = require("node:worker_threads");
    const { exports: { run } } = new WebAssembly.Instance(module, { env: { memory } });
    const words = new Int32Array(memory.buffer, control, ${word.finished} + parts);
    parentPort.postMessage("ready");
    for (let seen = 0; ; ) {
      for (let spins = 0; Atomics.load(words, ${word.generation}) === seen; )
        if (++spins > ${patience}) Atomics.wait(words, ${word.generation}, seen);
      seen = Atomics.load(words, ${word.generation});
      try { run(words[${word.kernel}], words[${word.args}] >>> 0, part, parts); } catch { words[${word.failed}] = 1; }
      Atomics.store(words, ${word.finished} + part, seen);
      Atomics.notify(words, ${word.finished} + part);
    }`;
  return Promise.all(
    Array.from(
      { length: count },
      (_, i) =>
        new Promise<NodeWorker>((resolve, reject) => {
          const worker = new threads.Worker(code, {
            eval: true,
            workerData: { module, memory, control, part: i + 1, parts: count + 1 },
          });
          worker.once("message", () => {
            worker.unref();
            resolve(worker);
          });
          worker.once("error", reject);
        }),
    ),
  );
}

let current: Engine | undefined;

/** The engine of the running wasm backend. */
export function engine(): Engine {
  if (!current) throw new Error("the wasm backend was not started by its component");
  return current;
}

export const setEngine = (e: Engine): void => {
  current = e;
};
export const runningEngine = (): Engine | undefined => current;
