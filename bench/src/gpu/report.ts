import { type Bottleneck, type Shares } from "./bottleneck.ts";
import type { PublishedPeak } from "./peaks.ts";
import type { Layout, Precision } from "./setting.ts";
import type { SideName } from "./sides.ts";
import type { WorkloadName } from "../networks/workloads.ts";

/** What one side's device was measured to do, in one sitting with the steps. */
export interface DeviceReport {
  readonly side: SideName;
  readonly card: string;
  readonly versions: string;
  /** Whether the processor imitates the card. */
  readonly software: boolean;
  /** In f32 without tensor cores; null = the card is not listed. */
  readonly published: PublishedPeak | null;
  /** 10⁹ operations a second of a large matrix product. */
  readonly productGflops: Readonly<Partial<Record<Precision, number>>>;
  /** 10⁹ bytes a second, read and written. */
  readonly copyGigabytes: number | null;
  readonly elementwiseGigabytes: number;
  readonly emptyDispatchSeconds: number | null;
  readonly smallestOperationSeconds: number;
}

/** One workload on one side. */
export interface GpuRow {
  readonly workload: WorkloadName;
  readonly side: SideName;
  readonly precision: Precision;
  readonly layout: Layout;
  readonly parameters: number;
  readonly firstStepSeconds: number;
  readonly warmUpSeconds: number;
  /** Median of steps, each waited for. */
  readonly seconds: number;
  /** Median of steps of which several are ordered before the last is waited for. */
  readonly queuedSeconds: number;
  /** Median, of steps that are waited for, until they are ordered. */
  readonly hostSeconds: number;
  readonly deviceSeconds: number | null;
  readonly dispatches: number | null;
  readonly bytes: number | null;
  /** Arithmetic of convolutions and dense layers in a step, forward and backward. */
  readonly operations: number;
  /** Of queued steps. */
  readonly gflops: number;
  /** Of the large matrix product in the same precision. */
  readonly shareOfProduct: number;
  /** Of the published peak; null for other precisions than f32, and for cards that are not listed. */
  readonly shareOfPublished: number | null;
  readonly shares: Shares;
  /** Null where the processor imitates the card. */
  readonly bottleneck: Bottleneck | null;
  /** Queued seconds ÷ those of PyTorch's fastest layout in the same precision; null where there are none. */
  readonly ratio: number | null;
}

export interface GpuReport {
  readonly small: boolean;
  readonly repeat: number;
  readonly devices: readonly DeviceReport[];
  readonly rows: readonly GpuRow[];
}
