import {
  type Axis,
  axisUnits,
  type DataFile,
  indexAxis,
  linearAxis,
  type Logger,
  makeAxis,
  sizeOf,
  SpectraiError,
  toFloat64,
} from "@spectrai/core";
import { z } from "zod";
import type { FilePool } from "./pool.ts";

export const axisSchema = z
  .strictObject({
    unit: z.enum(axisUnits).meta({ description: "Unit of the axis.", group: "axis" }),
    start: z
      .number()
      .optional()
      .meta({ description: "First value of an evenly spaced axis, in its unit.", group: "axis" }),
    stop: z
      .number()
      .optional()
      .meta({ description: "Last value of an evenly spaced axis, in its unit.", group: "axis" }),
    file: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "File that holds the axis values; the data file unless given.", group: "axis" }),
    variable: z.string().min(1).optional().meta({ description: "Variable that holds the axis values.", group: "axis" }),
  })
  .refine((a) => (a.start === undefined) === (a.stop === undefined), "start and stop go together")
  .refine(
    (a) => a.start === undefined || (a.file === undefined && a.variable === undefined),
    "give either start and stop, or file and variable",
  );
export type AxisOption = z.output<typeof axisSchema>;

/** The vector `axis` that a reader found without knowing its unit. */
const unlabelled = (file: DataFile, length: number): string | undefined =>
  file.variables.find((v) => v.name === "axis" && v.kind === "numeric" && sizeOf(v.shape) === length)?.name;

/** The order that brings points to rising values, where they neither rise nor fall: bands of overlapping detectors, say. */
export function risingOrder(values: Float64Array, kept: readonly number[]): readonly number[] {
  const steps = kept.slice(1).map((k, i) => values[k]! - values[kept[i]!]!);
  const monotonic = steps.every((d) => d > 0) || steps.every((d) => d < 0);
  return monotonic ? kept : [...kept].sort((a, b) => values[a]! - values[b]!);
}

/**
 * The axis of data with `length` points: as the option says, or from the file, or 0, 1, ….
 *
 * @param kept - the points that are used, in their order, where some are left out: only their values must rise or fall
 * @param reorder - told of all values before the axis is made of those that are kept; gives the points to keep instead
 * @throws SPECTRAI_DATA_AXIS
 */
export async function resolveAxis(
  option: AxisOption | undefined,
  length: number,
  path: string,
  pool: FilePool,
  logger: Logger,
  kept?: readonly number[],
  reorder?: (values: Float64Array) => readonly number[] | undefined,
): Promise<Axis> {
  const pick = (values: Float64Array): Float64Array => {
    const points = reorder?.(values) ?? kept;
    return points ? Float64Array.from(points, (k) => values[k]!) : values;
  };
  if (option?.start !== undefined && option.stop !== undefined) {
    const { values } = linearAxis(option.start, option.stop, length, option.unit);
    return makeAxis(pick(values), option.unit);
  }
  if (!option)
    return pool.use(path, async (file) => {
      if (file.axis?.values.length === length)
        return kept ? { ...file.axis, values: pick(file.axis.values) } : file.axis;
      if (unlabelled(file, length))
        logger.warn(
          `${path} has values for the spectral axis but no unit, so that points are numbered instead. Set the option axis: { unit: cm-1 } (or nm, um, eV) to use them.`,
        );
      return kept ? makeAxis(pick(indexAxis(length).values), "index") : indexAxis(length);
    });
  const from = option.file ?? path;
  return pool.use(from, async (file) => {
    const fail = (why: string): SpectraiError =>
      new SpectraiError("SPECTRAI_DATA_AXIS", `axis: ${from} ${why}.`, { details: { file: from } });
    const vectors = file.variables.filter(
      (v) => v.kind === "numeric" && sizeOf(v.shape) === length && v.shape.filter((d) => d > 1).length <= 1,
    );
    const only =
      vectors.length === 1 && (option.file !== undefined || vectors[0]!.shape.length === 1)
        ? vectors[0]!.name
        : undefined;
    const name = option.variable ?? unlabelled(file, length) ?? only;
    if (name === undefined) {
      if (file.axis?.values.length === length) return makeAxis(pick(file.axis.values), option.unit);
      const others = file.variables.filter((v) => v.kind === "numeric").map((v) => `${v.name} [${v.shape.join(", ")}]`);
      throw fail(
        vectors.length > 0
          ? `has no axis of ${length} values; name one with axis.variable (candidates: ${vectors.map((v) => v.name).join(", ")})`
          : `has no axis of ${length} values, as many as a spectrum has; it holds ${others.slice(0, 5).join(", ") || "no numbers"}`,
      );
    }
    const values = toFloat64((await file.read(name)).data);
    if (values.length !== length)
      throw fail(`has ${values.length} values in "${name}", but the spectra have ${length} points`);
    try {
      return makeAxis(pick(values), option.unit);
    } catch (e) {
      throw fail(`cannot give the axis: ${(e as Error).message.replace(/\.$/, "")}`);
    }
  });
}

/** Whether two axes differ by more than a hundredth of a point, which mixing them would hide. */
export function axesDiffer(a: Axis, b: Axis): boolean {
  if (a === b) return false;
  const n = a.values.length;
  if (a.unit !== b.unit || n !== b.values.length) return true;
  const step = n > 1 ? Math.abs(a.values[n - 1]! - a.values[0]!) / (n - 1) : 1;
  return a.values.some((v, i) => Math.abs(v - b.values[i]!) > 0.01 * step);
}
