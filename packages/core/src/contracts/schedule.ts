import type { JsonObject } from "../json.ts";

export interface ScheduleContext {
  /** The config's learning rate. */
  readonly rate: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** The learning rate over a run. */
export interface RunningSchedule {
  /** The rate of a step; both count from 0, `step` over the whole run. */
  rate(step: number, epoch: number): number;
  /** Told the monitored metric after each epoch (lower is better). */
  observe?(value: number): void;
  state?(): JsonObject;
  restore?(state: JsonObject): void;
}

export interface Schedule {
  start(context: ScheduleContext): RunningSchedule;
}
