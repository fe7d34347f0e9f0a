/** What the data of a checkpoint's network are: their preprocessing and spectral axis. */
import {
  type Axis,
  type ComponentRef,
  createComponent,
  indexAxis,
  isObject,
  type JsonObject,
  type JsonValue,
  linearAxis,
  normalizeRef,
  type ResolvedRef,
  resolveRef,
  SpectraiError,
  type AxisUnit,
  type Workbench,
} from "@spectrai/core";
import type { Facts } from "./facts.ts";
import type { Questions } from "./questions.ts";
import type { Recognised } from "./recognised.ts";
import type { CheckpointRequest } from "./request.ts";

export interface Preprocess {
  readonly steps: readonly ResolvedRef<"transform">[];
  /** Names of steps that only brought images to one size for training; a model takes images of any size. */
  readonly dropped: readonly string[];
}

export async function preprocessOf(bench: Workbench, config: JsonObject): Promise<Preprocess> {
  const given = Array.isArray(config["preprocess"]) ? (config["preprocess"] as ComponentRef[]) : [];
  const steps: ResolvedRef<"transform">[] = [];
  const dropped: string[] = [];
  for (const [i, ref] of given.entries()) {
    const where = `preprocess[${i}]`;
    const step = resolveRef(bench.registry, "transform", normalizeRef(ref, where), where);
    const { affects, fit } = await createComponent(step, bench.services);
    if (fit)
      throw new SpectraiError(
        "SPECTRAI_CONFIG_INVALID",
        `${where}: ${step.name} learns from training data, which a checkpoint does not hold; leave it out.`,
      );
    if (affects === "spatial") dropped.push(step.name);
    else steps.push(step);
  }
  return { steps, dropped };
}

export interface Axes {
  /** Of the data. */
  readonly before: Axis;
  /** Of what the network gets. */
  readonly after: Axis;
  readonly known: boolean;
}

export async function axesOf(
  bench: Workbench,
  request: CheckpointRequest,
  found: Recognised,
  facts: Facts,
  config: JsonObject,
  steps: readonly ResolvedRef<"transform">[],
  questions: Questions,
): Promise<Axes | undefined> {
  const option = (name: string, key: string): number | undefined => {
    const value = steps.find((s) => s.name === name)?.options[key];
    return typeof value === "number" ? value : undefined;
  };
  const points =
    request.points ?? option("crop", "stop") ?? found.points ?? facts.points ?? option("fit-length", "length");
  if (points === undefined || !Number.isInteger(points) || points < 1)
    return questions.add("how many points its spectra have", "--points 500");
  const range = request.axis ?? rangeOf(config["data"]);
  const before = range ? linearAxis(range.start, range.stop, points, range.unit) : indexAxis(points);
  let after = before;
  for (const step of steps) {
    const transform = await createComponent(step, bench.services);
    after = transform.axis?.(after) ?? after;
  }
  if (found.points !== undefined && after.values.length !== found.points)
    throw new SpectraiError(
      "SPECTRAI_MODEL_MISMATCH",
      `${request.source.name}: the network takes ${found.points} points, and ${points} points after preprocessing are ${after.values.length}; say how many the data have with --points, or mend the config's preprocess.`,
    );
  return { before, after, known: range !== undefined };
}

function rangeOf(data: JsonValue | undefined): NonNullable<CheckpointRequest["axis"]> | undefined {
  const axis = isObject(data) ? data["axis"] : undefined;
  if (!isObject(axis) || typeof axis["start"] !== "number" || typeof axis["stop"] !== "number") return undefined;
  return { start: axis["start"], stop: axis["stop"], unit: (axis["unit"] ?? "index") as AxisUnit };
}
