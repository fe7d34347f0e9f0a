import type * as tf from "@tensorflow/tfjs-core";
import type { StartConfig } from "../config/start-schema.ts";
import type { Model, ModelSpec, Parameter } from "../contracts/model.ts";
import type { TargetSpec } from "../contracts/sample.ts";
import { SpectraiError } from "../errors.ts";
import type { ModelCard } from "../model-file.ts";
import { frozenOf } from "./freeze.ts";
import { headIsNew, loadKept } from "./head.ts";
import { isUnder } from "./layers.ts";
import { type RateScale, rateScales } from "./rates.ts";
import type { Start } from "./read-start.ts";

/** Where a model came from, as its card records it. */
export type StartRecord = NonNullable<ModelCard["start"]>;

export interface TransferOptions {
  readonly settings: StartConfig;
  readonly start: Start;
  /** As it was built for the new data. */
  readonly model: Model;
  /** The architecture's name. */
  readonly architecture: string;
  readonly spec: ModelSpec;
  readonly target: TargetSpec;
  /** Whether preprocessing is the file's, with what it learned. */
  readonly keptPreprocessing: boolean;
  /** How spectra were brought to the model's axis, if they were. */
  readonly resampled: string | undefined;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

export interface Transfer {
  /** The network with its frozen parameters as ones that are not trained. */
  readonly model: Model;
  readonly newHead: boolean;
  /** Buffers that stay as they are, with the layers they belong to. */
  readonly frozen: ReadonlySet<tf.Variable>;
  readonly rateScale: RateScale;
  readonly record: StartRecord;
  /** Whether a parameter comes from the file. */
  kept(name: string): boolean;
  /** Sets those parameters. @throws SPECTRAI_MODEL_MISMATCH where the file does not fit */
  load(): void;
}

/** How a run goes on from a trained model: which parameters stay, which are trained, and how fast. */
export function planTransfer(o: TransferOptions): Transfer {
  const { settings, start, model } = o;
  const { name, card, parameters } = start;
  const recorded = parameters ? undefined : card.start;
  if (!parameters && !recorded)
    throw new SpectraiError(
      "SPECTRAI_RESUME_MISMATCH",
      "The config has a start, but the run to resume was begun without one; resume it with its own config, or start a new run.",
    );
  const newHead = parameters ? headIsNew({ ...o, wanted: settings.head, card, parameters }) : recorded!.head === "new";
  const frozen = frozenOf(settings, model.parameters);
  const seen = model.parameters.map((p) => (frozen.parameters.has(p.name) ? { ...p, trainable: false } : p));
  const rateScale = rateScales({
    settings,
    model,
    trained: seen.filter((p) => p.trainable),
    newHead,
    epochs: o.epochs,
    stepsPerEpoch: o.stepsPerEpoch,
  });
  return {
    model: withParameters(model, seen),
    newHead,
    frozen: new Set(model.parameters.filter((p) => frozen.buffers.has(p.name)).map((p) => p.variable)),
    rateScale,
    record: recorded ?? {
      from: name,
      sha256: start.sha256!,
      task: card.task,
      configHash: card.configHash,
      head: newHead ? "new" : "kept",
      frozen: [...frozen.parameters],
      statistics: settings.statistics,
      preprocess: o.keptPreprocessing ? "kept" : "learned",
      resampled: o.resampled ?? null,
    },
    kept: (key) => !newHead || !isUnder(key, model.head ?? []),
    load: () => loadKept(model, parameters!, newHead, name),
  };
}

/** The same network with another view of its parameters. A member that the contract gains has to be named here. */
function withParameters(model: Model, parameters: readonly Parameter[]): Model {
  const view: Record<keyof Model, unknown> = {
    parameters,
    apply: model.apply.bind(model),
    outputs: model.outputs?.bind(model),
    head: model.head,
    receptiveField: model.receptiveField,
    gridStep: model.gridStep,
    prepare: model.prepare?.bind(model),
    closedForm: model.closedForm,
    dispose: model.dispose.bind(model),
  };
  return Object.fromEntries(Object.entries(view).filter(([, v]) => v !== undefined)) as unknown as Model;
}

/** Where a model came from, for people, to go on after the network's name. */
export const describeStart = ({ from, sha256, head, frozen, preprocess }: StartRecord): string =>
  `started from ${from} (SHA-256 ${sha256.slice(0, 12)}…) with ${head === "new" ? "a new head" : "its head"}, ${
    frozen.length === 0 ? "nothing" : `${frozen.length} ${frozen.length === 1 ? "parameter" : "parameters"}`
  } frozen, preprocessing ${preprocess === "kept" ? "as there" : "learned here"}`;
