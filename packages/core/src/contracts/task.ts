import type { DataKind, TargetSpec } from "./sample.ts";
import type { OutputSpec } from "./model.ts";
import type { JsonObject } from "../json.ts";

/** Tasks and data kinds a component makes sense for; an absent list means all. */
export interface Support {
  readonly tasks?: readonly string[];
  readonly data?: readonly DataKind[];
}

/** A component by name, or with options: `"mse"`, `{ name: "huber", delta: 0.5 }`. */
export type ComponentRef = string | ({ readonly name: string } & JsonObject);

/** What a run of a task uses where the config does not say. */
export interface TaskDefaults {
  readonly model: ComponentRef;
  readonly loss: ComponentRef;
  readonly metrics: readonly ComponentRef[];
  /** The metric that picks the best checkpoint. */
  readonly monitor: string;
  readonly baselines: readonly ComponentRef[];
  readonly preprocess: readonly ComponentRef[];
  readonly augment: readonly ComponentRef[];
  /** What makes inputs from clean data, for data without targets. */
  readonly degrade?: readonly ComponentRef[];
  /** Overrides of the config's `train` section. */
  readonly train: JsonObject;
}

/** What a model would rather be trained with than with its task's defaults; the config has the last word. */
export type Recipe = Partial<Pick<TaskDefaults, "loss" | "preprocess" | "augment" | "train">>;

export interface Task {
  readonly targets: readonly TargetSpec["kind"][];
  readonly data: readonly DataKind[];
  /** Why a data kind that is not in `data` makes no sense for the task. */
  readonly reasons: Readonly<Partial<Record<DataKind, string>>>;
  defaults(data: DataKind): TaskDefaults;
  /** What a model must produce for these targets. */
  output(target: TargetSpec): OutputSpec;
}
