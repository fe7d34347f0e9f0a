import type { Augmentation } from "./augmentation.ts";
import type { Backend } from "./backend.ts";
import type { Baseline } from "./baseline.ts";
import type { Callback } from "./callback.ts";
import type { Dataset } from "./dataset.ts";
import type { Loss } from "./loss.ts";
import type { Metric } from "./metric.ts";
import type { Architecture } from "./model.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Reader } from "./reader.ts";
import type { Schedule } from "./schedule.ts";
import type { Splitter } from "./splitter.ts";
import type { Task } from "./task.ts";
import type { Transform } from "./transform.ts";
import type { Writer } from "./writer.ts";

/** What a plugin can provide. A plugin adds a kind by declaration merging on this interface. */
export interface Kinds {
  reader: Reader;
  writer: Writer;
  dataset: Dataset;
  transform: Transform;
  augmentation: Augmentation;
  model: Architecture;
  loss: Loss;
  metric: Metric;
  optimizer: Optimizer;
  schedule: Schedule;
  backend: Backend;
  baseline: Baseline;
  splitter: Splitter;
  callback: Callback;
  task: Task;
}
export type Kind = keyof Kinds;
