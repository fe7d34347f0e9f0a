import type { ProductTime, Ready, Step } from "./children.ts";
import { type Row, rowOf } from "./row.ts";
import type { Setting } from "./setting.ts";
import type { Side } from "./side.ts";

/** First steps allocate, compile and choose algorithms. */
export const warmUps = 3;
const productRepeats = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Steps of all sides in turn; the median of each side's seconds and its last word on memory. */
export async function inTurn(sides: readonly Side[], repeat: number): Promise<Step[]> {
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
 * @param start - starts our side
 * @param peers - start what it is compared with
 * @param told - receives a sentence about what cannot be measured
 * @returns undefined where our side cannot run in this mode
 * @throws Error where a side ends, or has another number of parameters than ours
 */
export async function measure(
  setting: Setting,
  start: () => Promise<Side<Ready>>,
  peers: readonly (() => Promise<Side<Ready>>)[],
  repeat: number,
  told: (line: string) => void,
): Promise<Row | undefined> {
  const { workload, mode } = setting;
  const sides: Side<Ready>[] = [];
  try {
    const ours = await start();
    sides.push(ours);
    if ("unavailable" in ours.first) {
      told(`${workload} ${mode} is left out: ${ours.first.unavailable}.`);
      return undefined;
    }
    const { parameters } = ours.first;
    const names: string[] = [];
    const running: Side[] = [ours];
    for (const startPeer of peers) {
      const side = await startPeer();
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
    const [own, ...others] = await inTurn(running, repeat);
    const timed = others.map((step, i) => ({ ...step, name: names[i]! }));
    return rowOf(setting, parameters, own!, timed, await peakOf(running));
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
}
