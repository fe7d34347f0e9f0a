import type { WorkloadName } from "../networks/workloads.ts";

/** Arithmetic of a training step: f32 throughout, f32 with products in TF32, mixed bf16. */
export const precisions = ["f32", "tf32", "bf16"] as const;
export type Precision = (typeof precisions)[number];

export const gpuBackends = ["cuda", "webgpu"] as const;
export type GpuBackend = (typeof gpuBackends)[number];

/** WGSL has neither TF32 nor bf16. */
export const precisionsOf: Readonly<Record<GpuBackend, readonly Precision[]>> = {
  cuda: ["f32", "tf32"],
  webgpu: ["f32"],
};

/** What a child of ours works on. PyTorch's side takes the same as options. */
export interface ChildSetting {
  readonly backend: GpuBackend;
  /** One for the whole process: so has TensorFlow. */
  readonly precision: Precision;
  /** Whether an adapter that the processor imitates will do. */
  readonly software: boolean;
  readonly small: boolean;
  /** Absent = none: only the device is measured. */
  readonly workload?: WorkloadName | undefined;
}

/** How PyTorch lays out images in memory; ours are channels last always. */
export type Layout = "contiguous" | "channels_last";

/** Which of the networks that a child of PyTorch's holds is meant; ours have one. */
export interface Variant {
  readonly precision: Precision;
  readonly layout: Layout;
}

/** What a child is asked, a line of JSON each; PyTorch's side knows the same. */
export type Request = Variant &
  (
    | {
        /** open: makes the network and takes its first steps; count: counts what one step orders; the others measure the device. */
        readonly do: "open" | "count" | "product" | "bandwidth" | "dispatch";
      }
    | {
        /** Orders that many steps, then waits. */
        readonly do: "steps";
        readonly count: number;
      }
  );

/** A child's first line. */
export type Hello =
  | {
      readonly card: string;
      /** Driver and releases, for people. */
      readonly versions: string;
      readonly software: boolean;
    }
  | { readonly unavailable: string };

export interface Opened {
  readonly parameters: number;
  /** The first step: pipelines are compiled, algorithms chosen, memory taken. */
  readonly firstSeconds: number;
  /** Each of the steps after it that are not counted either. */
  readonly warmSeconds: readonly number[];
}
export interface Steps {
  /** Of one of the steps ordered together, until the last is done. */
  readonly seconds: number;
  /** Of one, until it is ordered. */
  readonly hostSeconds: number;
}
export interface Counted {
  readonly dispatches: number | null;
  readonly deviceSeconds: number | null;
  readonly bytes: number | null;
}
export interface Rate {
  /** Operations or bytes. */
  readonly amount: number;
  readonly seconds: number;
}
export interface Bandwidth {
  readonly copy: Rate | null;
  /** An elementwise kernel that reads and writes once. */
  readonly elementwise: Rate;
}
export interface DispatchTimes {
  /** Null = the backend has no such thing as an empty dispatch. */
  readonly empty: number | null;
  /** A tensor operation on one number. */
  readonly smallest: number;
}
