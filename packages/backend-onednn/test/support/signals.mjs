// A process that loads the addon named by its argument and computes the gradients of filters, while it is sent a signal that
// it handles, over and over. Prints how many signals it handled, the largest error, and how many threads that take no
// signals were started for the computation.
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const threads = () => readdirSync("/proc/self/task");

/** Whether a thread of the process holds signal 12, SIGUSR2, back. */
function holds(id) {
  const [, mask] = /^SigBlk:\s*(\w+)$/m.exec(readFileSync(`/proc/self/task/${id}/status`, "utf8"));
  return ((BigInt(`0x${mask}`) >> 11n) & 1n) === 1n;
}

/** Sends the signals until it is told to stop. */
function storm(stop) {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (Atomics.load(stop, 0) === 0) {
    process.kill(process.pid, "SIGUSR2");
    Atomics.wait(pause, 0, 0, 0.05);
  }
}

async function compute(file) {
  let handled = 0;
  process.on("SIGUSR2", () => handled++);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const sender = new Worker(fileURLToPath(import.meta.url), { workerData: stop });
  await once(sender, "online");
  const before = new Set(threads());
  const native = createRequire(import.meta.url)(file);
  native.configure(2, 0);

  // Wide filters, whose gradient oneDNN computes as a product of matrices.
  const [samples, length, channels, width] = [16, 448, 12, 39];
  const side = (width - 1) / 2;
  const numbers = [samples, channels, channels, 1, 1, 1, length, 1, 1, length, 1, 1, width, 1, 1, 1, 1, 1, 1];
  const shape = Int32Array.of(...numbers, 0, 0, side, 0, 0, side);
  const ones = (n) => {
    const id = native.allocate(n, 0);
    native.write(id, new Float32Array(n).fill(1));
    return id;
  };
  const each = samples * length * channels;
  const [x, dy, dw] = [each, each, width * channels * channels].map(ones);
  const result = new Float32Array(width * channels * channels);
  let worst = 0;
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 10; i++) native.convWeightGradient(shape, x, dy, dw);
    native.read(dw, result);
    // Whole numbers below 2^24 are exact in float32. Each tap misses the places where it reaches over the edge.
    for (let i = 0; i < result.length; i++) {
      const missed = Math.abs(Math.floor(i / channels ** 2) - side);
      worst = Math.max(worst, Math.abs(result[i] - samples * (length - missed)));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  const started = threads().filter((id) => !before.has(id) && holds(id)).length;
  Atomics.store(stop, 0, 1);
  await sender.terminate();
  console.log(JSON.stringify({ handled, worst, threads: started }));
  process.exit(0);
}

if (isMainThread) await compute(process.argv[2]);
else storm(workerData);
