/** What a step is measured by. Seconds are those of one step. */
export interface StepFacts {
  /** Of steps that are ordered one after another and waited for together. */
  readonly queuedSeconds: number;
  /** Until a step is ordered, where none was ordered before: a queue that is full would hold up the orders. */
  readonly hostSeconds: number;
  /** In which the device computes; null = not known. */
  readonly deviceSeconds: number | null;
  readonly dispatches: number | null;
  /** Arithmetic of convolutions and dense layers. */
  readonly operations: number;
  /** What the kernels read and write at least; null = not known. */
  readonly bytes: number | null;
}

/** What the device was measured to do at best, in the same sitting. */
export interface DeviceFacts {
  /** Operations a second of a large matrix product. */
  readonly productRate: number;
  /** Bytes a second, read and written. */
  readonly bandwidth: number;
  /** Seconds of a dispatch that computes nothing. */
  readonly dispatchSeconds: number;
}

export type Bottleneck = "launch" | "compute" | "memory" | "kernels";

/** Shares of a queued step that the three causes account for. */
export interface Shares {
  readonly host: number;
  /** The dispatches, if they were empty. */
  readonly dispatches: number | null;
  /** The time in which the device computes. */
  readonly busy: number | null;
  /** The arithmetic at the rate of the large matrix product. */
  readonly compute: number;
  /** The bytes at the rate of a copy. */
  readonly memory: number | null;
}

export const sharesOf = (step: StepFacts, device: DeviceFacts): Shares => {
  const of = (seconds: number | null): number | null => seconds && seconds / step.queuedSeconds;
  return {
    host: step.hostSeconds / step.queuedSeconds,
    dispatches: of(step.dispatches && step.dispatches * device.dispatchSeconds),
    busy: of(step.deviceSeconds),
    compute: step.operations / device.productRate / step.queuedSeconds,
    memory: of(step.bytes && step.bytes / device.bandwidth),
  };
};

/** The rule of {@link bottleneckOf}, in words. */
export const rule = `launch: ordering takes 80 % of a queued step or more while the device computes for less than 80 % of it (or for how long
is not known), or the device computes for less than half of it, or its dispatches would take half of it if they were empty.
Else compute or memory, whichever accounts for more: its arithmetic at the rate of the large matrix product, or its bytes at
the rate of a copy, takes half of the step or more. Else kernels: the device is busy, at less than half of either rate.`;

/** What bounds a queued step, by {@link rule}. */
export function bottleneckOf({ host, dispatches, busy, compute, memory }: Shares): Bottleneck {
  if ((host >= 0.8 && (busy ?? 0) < 0.8) || (busy ?? 1) < 0.5 || (dispatches ?? 0) >= 0.5) return "launch";
  if (Math.max(compute, memory ?? 0) < 0.5) return "kernels";
  return compute >= (memory ?? 0) ? "compute" : "memory";
}
