import * as tf from "@tensorflow/tfjs-core";
import { type Phase, phases } from "./task.ts";

/** One row of a profile, over all steps it was taken of. */
export interface KernelTime {
  readonly phase: Phase;
  /** tfjs's name; null = the time of the phase outside kernels: recording, bookkeeping, garbage collection. */
  readonly kernel: string | null;
  readonly count: number;
  readonly milliseconds: number;
}

export interface KernelTimer {
  /** Steps belong between `enter`s of their phases and a `leave`. */
  enter(phase: Phase): void;
  leave(): void;
  /** What was measured since the last time. */
  take(): KernelTime[];
  /** Gives the kernels back as they were. */
  restore(): void;
}

/**
 * Times every kernel of a backend from here on. A kernel that runs others is counted without them. The cost is two readings of
 * the clock for each kernel; a backend that computes behind the caller's back cannot be timed like this.
 */
export function timeKernels(backendName: string, now: () => number = () => performance.now()): KernelTimer {
  let totals = new Map<string, { count: number; milliseconds: number }>();
  let wall: Partial<Record<Phase, number>> = {};
  let phase: Phase | undefined;
  let since = 0;
  /** Time spent in kernels that the running one called. */
  let nested = 0;

  const configs = tf.getKernelsForBackend(backendName);
  const originals = configs.map((config) => config.kernelFunc);
  configs.forEach((config, i) => {
    const original = originals[i]!;
    config.kernelFunc = (params) => {
      const outer = nested;
      nested = 0;
      const started = now();
      try {
        return original(params);
      } finally {
        const all = now() - started;
        const key = `${phase} ${config.kernelName}`;
        const total = totals.get(key);
        if (total) {
          total.count++;
          total.milliseconds += all - nested;
        } else totals.set(key, { count: 1, milliseconds: all - nested });
        nested = outer + all;
      }
    };
  });

  const leave = (): void => {
    if (phase !== undefined) wall[phase] = (wall[phase] ?? 0) + now() - since;
    phase = undefined;
  };
  return {
    enter(next) {
      leave();
      phase = next;
      since = now();
    },
    leave,
    take() {
      const rows = phases.flatMap((p): KernelTime[] => {
        const kernels = [...totals]
          .filter(([key]) => key.startsWith(`${p} `))
          .map(([key, total]) => ({ phase: p, kernel: key.slice(p.length + 1), ...total }));
        const inKernels = kernels.reduce((sum, row) => sum + row.milliseconds, 0);
        const rest =
          wall[p] === undefined ? [] : [{ phase: p, kernel: null, count: 0, milliseconds: wall[p] - inKernels }];
        return [...kernels, ...rest];
      });
      totals = new Map();
      wall = {};
      return rows;
    },
    restore: () => configs.forEach((config, i) => (config.kernelFunc = originals[i]!)),
  };
}
