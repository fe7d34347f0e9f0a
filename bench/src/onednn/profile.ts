import { alignColumns } from "../table.ts";
import type { Ready, Step } from "./children.ts";
import type { KernelTime } from "./kernel-times.ts";
import { warmUps } from "./measure.ts";
import type { Setting } from "./setting.ts";
import type { Side } from "./side.ts";

/** One kernel in one phase of a step. */
export interface KernelShare extends Omit<KernelTime, "shape"> {
  /** Of the whole step. */
  readonly share: number;
}

/** Convolutions or matrix products of one shape. */
export interface ProductShare extends KernelTime {
  readonly gflops: number;
}

/** Where the time of our side's step goes, most first. Counts and times are those of one step, the mean of several. */
export interface Profile extends Setting {
  readonly seconds: number;
  readonly kernels: readonly KernelShare[];
  readonly products: readonly ProductShare[];
}

/** Shapes that a table names; the JSON has all. */
const mostProducts = 15;

/**
 * @param start - starts our side with timed kernels
 * @returns undefined where the backend cannot run in this mode, of which `told` receives the reason
 */
export async function profile(
  setting: Setting,
  start: () => Promise<Side<Ready>>,
  repeat: number,
  told: (line: string) => void,
): Promise<Profile | undefined> {
  const { workload, mode } = setting;
  const side = await start();
  try {
    if ("unavailable" in side.first) {
      told(`${workload} ${mode} is left out: ${side.first.unavailable}.`);
      return undefined;
    }
    for (let i = 0; i < warmUps; i++) await side.ask("step");
    await side.ask("profile");
    let seconds = 0;
    for (let i = 0; i < repeat; i++) seconds += (await side.ask<Step>("step")).seconds / repeat;
    const { kernels } = await side.ask<{ kernels: KernelTime[] }>("profile");
    return { ...setting, seconds, ...shares(kernels, repeat, seconds) };
  } finally {
    await side.close();
  }
}

/** What was timed over several steps, a step. */
export function shares(
  times: readonly KernelTime[],
  steps: number,
  seconds: number,
): Pick<Profile, "kernels" | "products"> {
  const kernels = new Map<string, KernelShare>();
  for (const { phase, kernel, count, milliseconds, operations } of times) {
    const key = `${phase} ${kernel}`;
    const sum = kernels.get(key) ?? { phase, kernel, count: 0, milliseconds: 0, operations: 0, share: 0 };
    kernels.set(key, {
      ...sum,
      count: sum.count + count / steps,
      milliseconds: sum.milliseconds + milliseconds / steps,
      operations: sum.operations + operations / steps,
      share: sum.share + milliseconds / steps / 1000 / seconds,
    });
  }
  const products = times
    .filter((t) => t.shape !== null)
    .map((t) => ({
      ...t,
      count: t.count / steps,
      milliseconds: t.milliseconds / steps,
      operations: t.operations / steps,
      gflops: t.operations / t.milliseconds / 1e6,
    }));
  const longest = (a: { milliseconds: number }, b: { milliseconds: number }): number => b.milliseconds - a.milliseconds;
  return { kernels: [...kernels.values()].sort(longest), products: products.sort(longest) };
}

/** Tables for people. */
export function profileTable({ workload, mode, seconds, kernels, products }: Profile): string {
  const rate = (operations: number, milliseconds: number): string =>
    operations === 0 ? "" : (operations / milliseconds / 1e6).toFixed(0);
  const byKernel = kernels.map((k) => [
    k.kernel ?? "(between kernels)",
    k.phase,
    k.kernel === null ? "" : `${k.count}`,
    k.milliseconds.toFixed(2),
    `${(100 * k.share).toFixed(1)} %`,
    rate(k.operations, k.milliseconds),
  ]);
  const byShape = products
    .slice(0, mostProducts)
    .map((p) => [p.kernel ?? "", p.phase, `${p.count}`, p.milliseconds.toFixed(2), p.gflops.toFixed(0), p.shape ?? ""]);
  return [
    `${workload} ${mode}: ${(1000 * seconds).toFixed(1)} ms a step`,
    "",
    ...alignColumns([["kernel", "phase", "count", "ms", "share", "GFLOP/s"], ...byKernel]),
    "",
    ...alignColumns([["product", "phase", "count", "ms", "GFLOP/s", "positions × kernel"], ...byShape]),
  ].join("\n");
}
