import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs-core";
import { isSpectraiError } from "@spectrai/core";
import { smallWorkloads, type Workload, workloads } from "../networks/workloads.ts";
import type { Bench } from "../onednn/backend.ts";
import { makeTask, type Task } from "../onednn/task.ts";
import { bandwidth, dispatchTimes, product } from "./device-rates.ts";
import { gpuDevice, openGpu } from "./open.ts";
import { countPasses } from "./passes.ts";
import type { ChildSetting, Counted, Opened, Request, Steps } from "./setting.ts";
import { countTraffic } from "./traffic.ts";

/** Steps after the first that are not counted either. */
const warmUps = 3;

const elapsed = (since: number): number => (performance.now() - since) / 1000;

/** Orders that many steps one after another and waits for the last, and so for all. */
async function steps(task: Task, count: number): Promise<Steps> {
  const started = performance.now();
  let last = task.order();
  for (let i = 1; i < count; i++) {
    last.dispose();
    last = task.order();
  }
  const ordered = elapsed(started);
  const [loss] = await last.data();
  const seconds = elapsed(started);
  last.dispose();
  // Arithmetic on such numbers has another speed.
  if (!Number.isFinite(loss)) throw new Error(`A step came to ${loss}.`);
  return { seconds: seconds / count, hostSeconds: ordered / count };
}

async function open(task: Task): Promise<Opened> {
  const { seconds: firstSeconds } = await steps(task, 1);
  const warmSeconds: number[] = [];
  for (let i = 0; i < warmUps; i++) warmSeconds.push((await steps(task, 1)).seconds);
  return { parameters: task.parameters, firstSeconds, warmSeconds };
}

async function countStep(task: Task): Promise<Counted> {
  let result: tf.Tensor | undefined;
  const bytes = countTraffic(tf.getBackend(), () => (result = task.order()));
  await result!.data();
  result!.dispose();
  const device = gpuDevice();
  const passes = device && (await countPasses(device, async () => void (await steps(task, 1))));
  return {
    dispatches: passes?.dispatches ?? null,
    deviceSeconds: passes?.seconds ?? null,
    bytes,
  };
}

/** A child of ours: a line of JSON in, a line of JSON out. `bench/peer/peer_gpu.py` answers the same lines. */
async function serve(setting: ChildSetting): Promise<void> {
  const say = (value: object): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
  const opened = await openGpu(setting);
  if ("unavailable" in opened) {
    say(opened);
    return;
  }
  const { bench, close, ...hello } = opened;
  say(hello);
  try {
    await answerAll(setting, bench, say);
  } finally {
    await close();
  }
}

async function answerAll(setting: ChildSetting, bench: Bench, say: (value: object) => boolean): Promise<void> {
  const { small, workload } = setting;
  const work: Workload | undefined = workload && (small ? smallWorkloads : workloads)[workload];
  const task = work && (await makeTask(bench, work, "train"));
  const withTask = <T>(use: (task: Task) => T): T => {
    if (!task) throw new Error("No workload was named.");
    return use(task);
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    if (request.do === "open") say(await withTask(open));
    else if (request.do === "steps") say(await withTask((t) => steps(t, request.count)));
    else if (request.do === "count") say(await withTask(countStep));
    else if (request.do === "product") say(await product(small));
    else if (request.do === "bandwidth") say(await bandwidth(small));
    else say(await dispatchTimes(small));
  }
}

/** Serves until its input ends, and ends the process. */
export async function child(setting: ChildSetting): Promise<never> {
  try {
    await serve(setting);
    process.exit(0);
  } catch (error) {
    const plain = error instanceof Error && (isSpectraiError(error) || error.name === "Error");
    process.stderr.write(`${plain ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  }
}
