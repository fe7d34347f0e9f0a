import type { JsonObject } from "../json.ts";
import type { SpectralArray } from "../axes.ts";
import type { Prediction } from "./metric.ts";
import type { Sample } from "./sample.ts";

export interface RunStart {
  readonly runId: string;
  readonly config: JsonObject;
  readonly backend: string;
  readonly model: { readonly name: string; readonly parameters: number };
  readonly sizes: { readonly train: number; readonly validation: number; readonly test: number };
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** 0, or the epoch a resumed run goes on from. */
  readonly firstEpoch: number;
  /** Optimizer steps already done by a resumed run. */
  readonly firstStep: number;
}

export interface StepEnd {
  readonly epoch: number;
  /** Over the whole run, from 0. */
  readonly step: number;
  readonly stepOfEpoch: number;
  readonly loss: number;
  readonly rate: number;
  readonly gradientNorm: number;
  readonly samples: number;
  readonly seconds: number;
}

export interface EpochEnd {
  readonly epoch: number;
  /** Optimizer steps done so far, over the whole run. */
  readonly step: number;
  readonly rate: number;
  readonly seconds: number;
  /** `loss` over the training part; metrics of the validation part under their names, its loss as `loss`. */
  readonly train: Readonly<Record<string, number>>;
  readonly validation: Readonly<Record<string, number>>;
  readonly best: boolean;
  /** A few validation samples and what the network makes of them now. */
  readonly examples: readonly Example[];
}

export interface Example {
  readonly sample: Sample;
  /** Before preprocessing, where that was kept. */
  readonly original?: SpectralArray;
  readonly output: Prediction;
}

export interface RunEnd {
  readonly reason: "finished" | "early-stopping" | "interrupted" | "failed";
  readonly epochs: number;
  readonly step: number;
  readonly seconds: number;
  /** Test metrics of the model and its baselines, by method then metric; empty when not evaluated. */
  readonly test: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface RunControl {
  /** Ends the run after this epoch, as early stopping does. */
  stop(reason: string): void;
}

/** Watches a run. Methods are awaited in the order the callbacks are listed. */
export interface Callback {
  runStart?(event: RunStart, control: RunControl): void | Promise<void>;
  stepEnd?(event: StepEnd, control: RunControl): void | Promise<void>;
  epochEnd?(event: EpochEnd, control: RunControl): void | Promise<void>;
  runEnd?(event: RunEnd): void | Promise<void>;
}
