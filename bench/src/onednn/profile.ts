import { alignColumns } from "../table.ts";
import type { KernelTime } from "./kernel-times.ts";
import { startWorker, type Step, warmUps } from "./measure.ts";
import type { Setting } from "./setting.ts";

/** Where the time of our side's step goes. Counts and times are those of one step, the mean of several. */
export interface Profile extends Setting {
  readonly seconds: number;
  /** Most time first. `share` is of the whole step. */
  readonly kernels: readonly (KernelTime & { readonly share: number })[];
}

/** @returns undefined where the backend cannot run in this mode, of which `told` receives the reason */
export async function profile(
  setting: Setting,
  backend: string,
  repeat: number,
  told: (line: string) => void,
): Promise<Profile | undefined> {
  const { workload, mode, threads } = setting;
  const side = await startWorker({ workload, mode, threads, backend, profile: true });
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
    return { ...setting, seconds, kernels: perStep(kernels, repeat, seconds) };
  } finally {
    await side.close();
  }
}

const perStep = (kernels: readonly KernelTime[], steps: number, seconds: number): Profile["kernels"] =>
  kernels
    .map(({ phase, kernel, count, milliseconds }) => ({
      phase,
      kernel,
      count: count / steps,
      milliseconds: milliseconds / steps,
      share: milliseconds / steps / 1000 / seconds,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);

/** A table for people. */
export function profileTable({ workload, mode, seconds, kernels }: Profile): string {
  const rows = kernels.map(({ phase, kernel, count, milliseconds, share }) => [
    kernel ?? "(between kernels)",
    phase,
    kernel === null ? "" : `${count}`,
    milliseconds.toFixed(2),
    `${(100 * share).toFixed(1)} %`,
  ]);
  return [
    `${workload} ${mode}: ${(1000 * seconds).toFixed(1)} ms a step`,
    ...alignColumns([["kernel", "phase", "count", "ms", "share"], ...rows]),
  ].join("\n");
}
