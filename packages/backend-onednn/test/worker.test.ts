import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { addonFile, type Native } from "../src/native.ts";
import { describeNative, native } from "./support/native.ts";

interface Message {
  readonly round: number;
  readonly worst: number;
}

interface Task {
  readonly threads: number;
  readonly size: number;
  readonly rounds: number;
  /** Floats that the thread holds until it ends. */
  readonly touched: number;
}

const start = (task: Task): Worker =>
  new Worker(join(import.meta.dirname, "support", "worker.mjs"), { workerData: { file: addonFile(), ...task } });

/** The last message of a thread that runs to its end. */
const finished = (worker: Worker): Promise<Message> =>
  new Promise((resolve, reject) => {
    let last: Message | undefined;
    worker.on("message", (message: Message) => (last = message));
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 && last ? resolve(last) : reject(new Error(`ended with ${code}`))));
  });

const message = (worker: Worker): Promise<Message> =>
  new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });

/** The product of two matrices of ones, in the thread of the tests. */
function productHere(addon: Native, size: number): number[] {
  const ids = [1, 1, 0].map((value) => {
    const id = addon.allocate(size * size, 0);
    addon.write(id, new Float32Array(size * size).fill(value));
    return id;
  });
  addon.matmul(Int32Array.of(1, 1, size, size, size, 0, 0, 0), ids[0]!, ids[1]!, -1, ids[2]!, 0);
  const result = new Float32Array(size * size);
  addon.read(ids[2]!, result);
  for (const id of ids) addon.release(id);
  return [...new Set(result)];
}

/** CPU time of each thread of the process, in clock ticks. */
function ticks(): Map<string, number> {
  const entries = readdirSync("/proc/self/task").map((id): [string, number] => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [id, Number(fields[11]) + Number(fields[12])];
  });
  return new Map(entries);
}

describeNative("threads of JavaScript", () => {
  it("each load the addon and compute at the same time", async () => {
    // Whole numbers below 2^24 are exact in float32, so the results are exact.
    const results = [finished(start({ threads: 2, size: 96, rounds: 40, touched: 1000 }))];
    results.push(finished(start({ threads: 1, size: 64, rounds: 60, touched: 1000 })));
    for (let i = 0; i < 20; i++) {
      expect(productHere(native(), 80)).toEqual([80]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await Promise.all(results)).map((m) => m.worst)).toEqual([0, 0]);
  });

  it("may be ended while they compute; their memory goes back to the system", async () => {
    const touched = 32 * 2 ** 20;
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 6; i++) {
      const worker = start({ threads: 2, size: 512, rounds: 1e6, touched });
      const { worst } = await message(worker);
      expect(worst).toBe(0);
      await worker.terminate();
      expect(productHere(native(), 64)).toEqual([64]);
    }
    // Six times 128 MB were touched twice over, as an array and natively; two thirds of that may not be left.
    expect(process.memoryUsage().rss - before).toBeLessThan(4 * touched * 4);
  });
});

describeNative("threads of the computation", () => {
  /** Shares of the CPU time of a second's products: that of the calling thread, and that of all against the clock. */
  const share = (threads: number): { readonly caller: number; readonly cores: number } => {
    const addon = native();
    addon.configure(threads, 0);
    productHere(addon, 512);
    const size = 768;
    const ids = [0, 0, 0].map(() => {
      const id = addon.allocate(size * size, 0);
      addon.write(id, new Float32Array(size * size).fill(1));
      return id;
    });
    const before = ticks();
    const started = performance.now();
    const used = process.cpuUsage();
    // By CPU time, so that a busy machine does not cut the measurement short.
    while (process.cpuUsage(used).user < 1e6)
      addon.matmul(Int32Array.of(1, 1, size, size, size, 0, 0, 0), ids[0]!, ids[1]!, -1, ids[2]!, 0);
    const { user, system } = process.cpuUsage(used);
    const seconds = (performance.now() - started) / 1000;
    const after = ticks();
    for (const id of ids) addon.release(id);
    const spent = [...after].map(([id, n]) => n - (before.get(id) ?? 0));
    const total = spent.reduce((sum, n) => sum + n, 0);
    return { caller: Math.max(...spent) / total, cores: (user + system) / 1e6 / seconds };
  };

  it("are one with threads: 1", () => {
    const { caller, cores } = share(1);
    expect(cores).toBeLessThan(1.3);
    expect(caller).toBeGreaterThan(0.85);
  });

  // On one core two threads would only take turns.
  it.skipIf(availableParallelism() < 2)("are two with threads: 2 (skipped on one core)", () => {
    const { caller } = share(2);
    expect(caller).toBeLessThan(0.75);
  });
});
