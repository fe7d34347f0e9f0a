import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { operations } from "../networks/products.ts";
import { type Workload, workloads } from "../networks/workloads.ts";
import { root } from "../paths.ts";
import type { Row } from "./row.ts";
import type { Setting, WorkerSetting } from "./setting.ts";
import { type Side, startSide } from "./side.ts";

const worker = fileURLToPath(new URL("./worker.js", import.meta.url));
const peerScript = join(root, "bench", "peer", "peer.py");

/** First steps allocate, compile and choose algorithms. */
export const warmUps = 3;
const productRepeats = 5;

/** What a child says first. */
export type Ready = { readonly name: string; readonly parameters: number } | { readonly unavailable: string };

export interface Step {
  readonly seconds: number;
  readonly peakRssBytes: number;
}
export interface ProductTime {
  readonly seconds: number;
  readonly operations: number;
}

/** What ours is compared with: PyTorch by its Python, another backend of ours, or nothing. */
export type Peer = { readonly python: string } | { readonly backend: string } | undefined;

export const startWorker = (setting: WorkerSetting): Promise<Side<Ready>> =>
  startSide(`${setting.workload} on the backend ${setting.backend}`, process.execPath, [
    worker,
    JSON.stringify(setting),
  ]);

/** How to start each child that ours is compared with. */
function peersOf({ workload, mode, threads }: Setting, peer: Peer): (() => Promise<Side<Ready>>)[] {
  if (peer === undefined) return [];
  if ("backend" in peer) return [() => startWorker({ workload, mode, threads, backend: peer.backend, profile: false })];
  const work: Workload = workloads[workload];
  return (work.channelsLast ? ["contiguous", "channels_last"] : ["contiguous"]).map((layout) => {
    const options = { workload, mode, threads, layout };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return () => startSide<Ready>(`${workload} in PyTorch`, peer.python, [peerScript, ...args]);
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Steps of all sides in turn; the median of each side's seconds and its last word on memory. */
async function inTurn(sides: readonly Side[], repeat: number): Promise<Step[]> {
  const steps: Step[][] = sides.map(() => []);
  for (let i = 0; i < warmUps; i++) for (const side of sides) await side.ask("step");
  for (let i = 0; i < repeat; i++)
    for (const [s, side] of sides.entries()) steps[s]!.push(await side.ask<Step>("step"));
  return steps.map((taken) => ({
    seconds: median(taken.map((t) => t.seconds)),
    peakRssBytes: taken.at(-1)!.peakRssBytes,
  }));
}

/** The fastest product of any side, in 10⁹ operations a second. */
async function peakOf(sides: readonly Side[]): Promise<number> {
  let best = 0;
  for (let i = 0; i < productRepeats; i++)
    for (const side of sides) {
      const { operations: count, seconds } = await side.ask<ProductTime>("product");
      best = Math.max(best, count / seconds / 1e9);
    }
  return best;
}

/**
 * Times one workload in one mode: ours and the peers' steps in turn, each in a process of its own. Of several peers (memory
 * layouts) the fastest counts.
 *
 * @param told - receives a sentence about what cannot be measured
 * @returns undefined where our side cannot run in this mode
 */
export async function measure(
  setting: Setting,
  backend: string,
  peer: Peer,
  repeat: number,
  told: (line: string) => void,
): Promise<Row | undefined> {
  const { workload, mode, threads } = setting;
  const sides: Side<Ready>[] = [];
  try {
    const ours = await startWorker({ workload, mode, threads, backend, profile: false });
    sides.push(ours);
    if ("unavailable" in ours.first) {
      told(`${workload} ${mode} is left out: ${ours.first.unavailable}.`);
      return undefined;
    }
    const { parameters } = ours.first;
    const names: string[] = [];
    const running: Side[] = [ours];
    for (const start of peersOf(setting, peer)) {
      const side = await start();
      sides.push(side);
      if ("unavailable" in side.first) {
        told(`${workload} ${mode} is not compared: ${side.first.unavailable}.`);
        continue;
      }
      if (side.first.parameters !== parameters)
        throw new Error(
          `${workload} is not the same network on both sides: ours has ${parameters} parameters, that of ${side.first.name} ${side.first.parameters}.`,
        );
      names.push(side.first.name);
      running.push(side);
    }

    const [own, ...others] = (await inTurn(running, repeat)) as [Step, ...Step[]];
    const peakGflops = await peakOf(running);
    const fastest = others.length === 0 ? undefined : others.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    const gflops = operations(workloads[workload].products, mode !== "infer") / own.seconds / 1e9;
    return {
      workload,
      mode,
      threads,
      seconds: own.seconds,
      peerSeconds: fastest?.seconds ?? null,
      ratio: fastest ? own.seconds / fastest.seconds : null,
      peakRssBytes: own.peakRssBytes,
      peerPeakRssBytes: fastest?.peakRssBytes ?? null,
      rssRatio: fastest ? own.peakRssBytes / fastest.peakRssBytes : null,
      gflops,
      peakGflops,
      share: gflops / peakGflops,
      parameters,
      peer: fastest ? names[others.indexOf(fastest)]! : null,
    };
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}
