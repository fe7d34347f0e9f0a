/**
 * One workload in a process of its own: a line in, a line of JSON out. `bench/peer/peer.py` answers the same lines.
 *
 *   step     one step; its seconds, and the largest resident set so far in bytes
 *   product  one square matrix product; seconds and operations
 *   profile  the time of each kernel in the steps since the last such line, where the setting asks for it
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { isSpectraiError, rng } from "@spectrai/core";
import { workloads } from "../networks/workloads.ts";
import { type Bench, openBackend } from "./backend.ts";
import { type KernelTimer, timeKernels } from "./kernel-times.ts";
import type { WorkerSetting } from "./setting.ts";
import { makeTask, type Task } from "./task.ts";

/** Large enough that packing and starting threads do not count. */
const productSize = 2048;

/** Large arrays of this process would count as the workload's, so the product is made after the last step. */
function product(): { seconds: number; operations: number } {
  const random = rng("bench", "product");
  const values = Float32Array.from({ length: productSize ** 2 }, () => random.next());
  const [a, b] = [tf.tensor2d(values, [productSize, productSize]), tf.tensor2d(values, [productSize, productSize])];
  const started = performance.now();
  const result = tf.matMul(a, b);
  result.dataSync();
  const seconds = (performance.now() - started) / 1000;
  tf.dispose([a, b, result]);
  return { seconds, operations: 2 * productSize ** 3 };
}

/** High-water mark of the resident set, bytes. */
const peakRssBytes = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;

/**
 * Waits until this process computes no more. After a step, threads wait for more work in a loop (for 10 ms in GCC's OpenMP,
 * 200 ms in LLVM's), the compiler and the garbage collector go on: all at the cost of the other side's next step.
 */
async function idle(): Promise<void> {
  const slice = 20;
  for (let waited = 0; waited < 2000; waited += slice) {
    const before = process.cpuUsage();
    await sleep(slice);
    const { user, system } = process.cpuUsage(before);
    if (user + system < 100 * slice) return;
  }
}

function answer(command: string, task: Task, timer: KernelTimer | undefined): object {
  if (command === "product") return product();
  if (command === "profile") return { kernels: timer?.take() };
  const started = performance.now();
  const result = task.step(timer?.enter);
  timer?.leave();
  const seconds = (performance.now() - started) / 1000;
  // Arithmetic on such numbers has another speed.
  if (!Number.isFinite(result)) throw new Error(`A step came to ${result}.`);
  return { seconds, peakRssBytes: peakRssBytes() };
}

const say = (value: object): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

async function main(setting: WorkerSetting): Promise<void> {
  const { workload, backend, mode, threads, profile } = setting;
  let bench: Bench;
  try {
    bench = await openBackend(backend, mode, threads);
  } catch (error) {
    // A machine without bf16 is no failure; one where the backend does not run at all is.
    if (mode !== "bf16" || !(error instanceof Error)) throw error;
    say({ unavailable: error.message });
    return;
  }
  const task = await makeTask(bench, workloads[workload], mode);
  const timer = profile ? timeKernels(tf.getBackend()) : undefined;
  say({ name: backend, parameters: task.parameters });
  for await (const line of createInterface({ input: process.stdin })) {
    const result = answer(line, task, timer);
    await idle();
    say(result);
  }
}

try {
  await main(JSON.parse(process.argv[2]!) as WorkerSetting);
  // Worker threads of a backend would keep the process alive.
  process.exit(0);
} catch (error) {
  // What we throw ourselves says enough; where another error came from does not show in its message.
  const plain = error instanceof Error && (isSpectraiError(error) || error.name === "Error");
  process.stderr.write(`${plain ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}
