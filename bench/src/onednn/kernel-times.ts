import * as tf from "@tensorflow/tfjs-core";
import { kernelProduct } from "./kernel-product.ts";
import { type Phase, phases } from "./task.ts";

/** The calls of one kernel in one phase, over all steps since the last report; of a convolution or matrix product, those of one shape. */
export interface KernelTime {
  readonly phase: Phase;
  /** tfjs's name; null = the time of the phase outside kernels: recording, bookkeeping, garbage collection. */
  readonly kernel: string | null;
  readonly shape: string | null;
  readonly count: number;
  readonly milliseconds: number;
  /** Arithmetic of convolutions and matrix products; 0 for others. */
  readonly operations: number;
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Times every kernel of a backend from here on. A kernel that runs others is counted without them. The cost is two readings of
 * the clock for each kernel; a backend that computes behind the caller's back cannot be timed like this.
 */
export function timeKernels(backendName: string, now: () => number = () => performance.now()): KernelTimer {
  const totals = new Map<string, Writable<KernelTime>>();
  const wall = new Map<Phase, number>();
  let phase: Phase | undefined;
  let since = 0;
  /** Time spent in kernels that the running one called. */
  let nested = 0;

  const count = (at: Phase, kernel: string, milliseconds: number, shape = "", operations = 0): void => {
    const key = `${at} ${kernel} ${shape}`;
    let total = totals.get(key);
    if (!total) {
      total = { phase: at, kernel, shape: shape || null, count: 0, milliseconds: 0, operations: 0 };
      totals.set(key, total);
    }
    total.count++;
    total.milliseconds += milliseconds;
    total.operations += operations;
  };

  const configs = tf.getKernelsForBackend(backendName);
  const originals = configs.map((config) => config.kernelFunc);
  configs.forEach((config, i) => {
    const { kernelName } = config;
    config.kernelFunc = (params) => {
      const outer = nested;
      nested = 0;
      const started = now();
      let output: tf.TensorInfo | tf.TensorInfo[] | undefined;
      try {
        return (output = originals[i]!(params));
      } finally {
        const all = now() - started;
        if (phase !== undefined && output !== undefined) {
          const first = Array.isArray(output) ? output[0] : output;
          const product = first && kernelProduct(kernelName, params.inputs, params.attrs ?? {}, first);
          count(phase, kernelName, all - nested, product?.shape, product?.operations);
        }
        nested = outer + all;
      }
    };
  });

  const leave = (): void => {
    if (phase !== undefined) wall.set(phase, (wall.get(phase) ?? 0) + now() - since);
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
      const rows: KernelTime[] = [...totals.values()];
      for (const p of phases) {
        if (!wall.has(p)) continue;
        const inKernels = rows.reduce((sum, row) => (row.phase === p ? sum + row.milliseconds : sum), 0);
        const milliseconds = wall.get(p)! - inKernels;
        rows.push({ phase: p, kernel: null, shape: null, count: 0, milliseconds, operations: 0 });
      }
      totals.clear();
      wall.clear();
      return rows;
    },
    restore: () => configs.forEach((config, i) => (config.kernelFunc = originals[i]!)),
  };
}
