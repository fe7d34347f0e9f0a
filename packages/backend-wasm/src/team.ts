import { type NodeWorker, workerThreads } from "./load.ts";

/** Part `part` of `parts` of a kernel whose arguments lie at an address. */
export type RunPart = (kernel: number, args: number, part: number, parts: number) => void;

/** Threads that share the parts of a kernel: the calling one and its helpers. */
export interface Team {
  readonly size: number;
  /** Runs a kernel in parts and returns when all are done. */
  run(kernel: number, args: number): void;
  dispose(): Promise<void>;
}

/**
 * The control block, in 32-bit words. The ticket holds the number of the job in its upper bits and the next part to be
 * taken in its lower ten: who moves it on by one has that part. A helper that slept through a job finds the next one's
 * number in the ticket and takes nothing that is not there. All waiting is done in JavaScript: V8 11 (Node.js 20)
 * compiles the atomics of WebAssembly wrongly before it optimizes them.
 */
const word = { ticket: 0, done: 1, kernel: 2, args: 3, parts: 4, failed: 5 } as const;
const words = 8;
const partBits = 10;
const partMask = 2 ** partBits - 1;
const jobMask = 2 ** (31 - partBits) - 1;

/** Parts for each thread: one that comes late, or shares its core, leaves its parts to the others. */
const partsPerThread = 4;
/** Looks at a word before going to sleep on it: kernels follow each other closely, and waking takes longer. */
const patience = 2000;

export const controlBytes = 4 * words;
export const mostThreads = 64;
/** Most parts that a kernel is cut into on so many threads. */
export const mostParts = (threads: number): number => (threads === 1 ? 1 : partsPerThread * threads);

/** @param control - address of {@link controlBytes} zeros in the memory */
export async function startTeam(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  control: number,
  run: RunPart,
  wanted: number,
): Promise<Team> {
  const helpers = await startHelpers({ module, memory, control }, wanted - 1);
  const size = helpers.length + 1;
  const parts = mostParts(size);
  if (size === 1) return { size, run: (kernel, args) => run(kernel, args, 0, 1), dispose: () => Promise.resolve() };
  const block = new Int32Array(memory.buffer, control, words);
  let job = 0;
  return {
    size,
    run(kernel, args) {
      job = (job + 1) & jobMask;
      block[word.kernel] = kernel;
      block[word.args] = args;
      block[word.parts] = parts;
      Atomics.store(block, word.done, 0);
      Atomics.store(block, word.ticket, job << partBits);
      Atomics.notify(block, word.ticket);
      for (;;) {
        const part = Atomics.add(block, word.ticket, 1) & partMask;
        if (part >= parts) break;
        run(kernel, args, part, parts);
        Atomics.add(block, word.done, 1);
      }
      for (let spins = 0; ;) {
        const done = Atomics.load(block, word.done);
        if (done === parts) break;
        if (++spins > patience) Atomics.wait(block, word.done, done);
      }
      if (block[word.failed]) throw new Error(`kernel ${kernel} failed on a helper thread of the wasm backend`);
    },
    dispose: async () => {
      await Promise.all(helpers.map((w) => w.terminate()));
    },
  };
}

/** What a helper does for ever. It moves a ticket on only while that still is the one it looked at. */
const helperCode = `
  const { workerData: { module, memory, control }, parentPort } = require("node:worker_threads");
  const { exports: { run } } = new WebAssembly.Instance(module, { env: { memory } });
  const block = new Int32Array(memory.buffer, control, ${words});
  parentPort.postMessage("ready");
  for (let spins = 0; ; ) {
    const ticket = Atomics.load(block, ${word.ticket});
    const part = ticket & ${partMask};
    const parts = block[${word.parts}];
    if (part >= parts) {
      if (++spins > ${patience}) Atomics.wait(block, ${word.ticket}, ticket);
      continue;
    }
    const kernel = block[${word.kernel}];
    const args = block[${word.args}] >>> 0;
    if (Atomics.compareExchange(block, ${word.ticket}, ticket, ticket + 1) !== ticket) continue;
    spins = 0;
    try { run(kernel, args, part, parts); } catch { block[${word.failed}] = 1; }
    if (Atomics.add(block, ${word.done}, 1) + 1 === parts) Atomics.notify(block, ${word.done});
  }`;

/** They sleep until there is a job, and do not keep the process alive. None where there are no threads. */
async function startHelpers(
  workerData: { readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory; readonly control: number },
  count: number,
): Promise<NodeWorker[]> {
  const threads = workerThreads();
  if (!threads || !(workerData.memory.buffer instanceof SharedArrayBuffer)) return [];
  const start = () =>
    new Promise<NodeWorker>((resolve, reject) => {
      const worker = new threads.Worker(helperCode, { eval: true, workerData });
      worker.once("message", () => {
        worker.unref();
        resolve(worker);
      });
      worker.once("error", reject);
    });
  return Promise.all(Array.from({ length: count }, start));
}
