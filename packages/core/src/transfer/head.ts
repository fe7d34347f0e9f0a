import * as tf from "@tensorflow/tfjs-core";
import type { StartConfig } from "../config/start-schema.ts";
import type { Model, ModelSpec } from "../contracts/model.ts";
import type { TargetSpec } from "../contracts/sample.ts";
import { SpectraiError } from "../errors.ts";
import type { ModelCard } from "../model-file.ts";
import type { NdArray } from "../ndarray.ts";
import { isUnder } from "./layers.ts";

type Parameters = Readonly<Record<string, NdArray>>;

/** What decides whether a head can stay. */
export interface HeadQuestion {
  readonly wanted: StartConfig["head"];
  readonly model: Model;
  /** The architecture's name. */
  readonly architecture: string;
  readonly spec: ModelSpec;
  readonly target: TargetSpec;
  /** Of the model that the run starts from. */
  readonly card: ModelCard;
  readonly parameters: Parameters;
}

/** Whether the head is made new. @throws SPECTRAI_MODEL_MISMATCH where it has to be, or is to be, and there is none */
export function headIsNew(q: HeadQuestion): boolean {
  if (q.wanted === "keep") return false;
  if (q.wanted === "auto" && !targetDiffers(q)) return false;
  const { head = [], parameters } = q.model;
  const otherKind = q.card.model.spec.output.kind !== q.spec.output.kind;
  const found = parameters.some((p) => isUnder(p.name, head));
  if (!found && !(otherKind && head.length > 0))
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `start.head: ${q.architecture} has no head that could be made new here${q.wanted === "auto" ? ", as what is to be predicted differs from what the model file was trained for" : "; leave start.head out"}.`,
    );
  if (parameters.every((p) => isUnder(p.name, head)))
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `start: ${q.architecture} is nothing but a head, so that nothing of the file would be left with a new one; leave start out of the config.`,
    );
  return true;
}

function targetDiffers({ card, spec, target, model, parameters }: HeadQuestion): boolean {
  const before = card.model.spec.output;
  const { output } = spec;
  if (before.kind !== output.kind) return true;
  if (target.kind === "class" || target.kind === "mask")
    return "classes" in before && "classes" in output && before.classes !== output.classes
      ? true
      : !sameNames(card.target.classes, target.classes);
  if (target.kind === "numbers")
    return !sameNames(card.target.names, target.names) || !sameNames(card.target.units, target.units);
  return model.parameters.some(
    ({ name, variable }) => isUnder(name, model.head ?? []) && !sameShape(parameters[name]?.shape, variable.shape),
  );
}

/** A file without names (an imported one) is judged by their number alone, which the shapes tell. */
const sameNames = (before: readonly string[] | undefined, now: readonly string[]): boolean =>
  before === undefined || (before.length === now.length && before.every((n, i) => n === now[i]));

const sameShape = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a !== undefined && a.length === b.length && a.every((d, i) => d === b[i]);

/**
 * Sets the parameters that are kept, all but those of a new head, to a file's values.
 *
 * @throws SPECTRAI_MODEL_MISMATCH naming those that differ in name or shape
 */
export function loadKept(model: Model, parameters: Parameters, newHead: boolean, name: string): void {
  const kept = (key: string): boolean => !newHead || !isUnder(key, model.head ?? []);
  const here = model.parameters.filter((p) => kept(p.name));
  const known = new Set(here.map((p) => p.name));
  const differences = [
    ...here.flatMap(({ name: key, variable }) => {
      const stored = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
      if (!stored) return [`it lacks ${key}`];
      return sameShape(stored.shape, variable.shape)
        ? []
        : [`${key} has the shape [${stored.shape.join(", ")}] there and [${variable.shape.join(", ")}] here`];
    }),
    ...Object.keys(parameters)
      .filter((key) => kept(key) && !known.has(key))
      .map((key) => `it has ${key}, which the network here has not`),
  ];
  if (differences.length > 0)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `start.from: ${name} does not fit the network for these data: ${differences.slice(0, 3).join("; ")}${differences.length > 3 ? ` (and ${differences.length - 3} more)` : ""}.`,
      { details: { differences } },
    );
  for (const { name: key, variable } of here)
    tf.tidy(() => variable.assign(tf.tensor(parameters[key]!.data as Float32Array, variable.shape, variable.dtype)));
}
