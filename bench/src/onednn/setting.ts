import type { WorkloadName } from "../networks/workloads.ts";

/** A training step in f32, one in bf16, a forward pass in f32. */
export const modes = ["train", "bf16", "infer"] as const;
export type Mode = (typeof modes)[number];

/** What one child process works on. */
export interface Setting {
  readonly workload: WorkloadName;
  readonly mode: Mode;
  readonly threads: number;
}

/** The same for a child of ours. */
export interface WorkerSetting extends Setting {
  readonly backend: string;
  /** Whether kernels are timed, which costs a little. */
  readonly profile: boolean;
}
