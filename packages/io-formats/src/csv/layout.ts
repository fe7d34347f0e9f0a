import type { AxisUnit } from "@spectrai/core";
import { namesAxis, unitIn } from "./units.ts";

/** What the first rows say about a table. */
export interface Layout {
  /** Names of the columns; empty strings where there is no heading. */
  readonly names: readonly string[];
  /** Whether the first row is a heading. */
  readonly heading: boolean;
  /** `rows`: a spectrum a row, in the columns `[from, to)`. `columns`: a spectrum a column, behind column `axis`. */
  readonly spectra?:
    | { readonly as: "rows"; readonly from: number; readonly to: number }
    | { readonly as: "columns"; readonly axis: number };
  /** Values of the axis where the heading has them. */
  readonly axis?: Float64Array;
  readonly unit?: AxisUnit;
}

/** A cell of the sample: a number, or undefined where it is text. Missing values are NaN. */
export type SampleCell = number | undefined;

const fewest = 3;
const fewestNumbered = 8;

/**
 * Decides what is heading, label and spectrum.
 *
 * @param first - texts of the first row
 * @param values - numbers of the first rows (the first included), row by row
 * @param header - whether the first row is a heading, where that is known
 */
export function findLayout(
  first: readonly string[],
  values: readonly (readonly SampleCell[])[],
  decimal: "." | ",",
  header: boolean | undefined,
): Layout {
  const columns = first.length;
  const [top = [], ...rest] = values;
  const heading = header ?? isHeading(first, top, rest);
  const names = heading ? first : first.map(() => "");
  const rows = heading ? rest : values;
  const isNumeric = (c: number): boolean =>
    rows.length > 0 && rows.every((r) => r[c] !== undefined) && rows.some((r) => !Number.isNaN(r[c]));
  const numeric = Array.from({ length: columns }, (_, c) => isNumeric(c));
  const column = (c: number): number[] => rows.map((r) => r[c] ?? NaN);
  const isIndex = (c: number): boolean =>
    names[c] === "" && heading && column(c).every((v, i) => v === i || v === i + 1);

  const axisColumn = numeric.findIndex(
    (is, c) => is && !isIndex(c) && (heading ? namesAxis(names[c]!) : c === 0) && monotonic(column(c)),
  );
  const run = heading
    ? axisRun(names.map((n, c) => (numeric[c] && !isIndex(c) ? axisValue(n, decimal) : undefined)))
    : undefined;
  const unitNear = (from: number): AxisUnit | undefined =>
    [names[from], names[from - 1], names[0]].map((n) => n && unitIn(n)).find((u) => u) || undefined;

  const unit = run && unitNear(run.from);
  if (run && (unit || !run.counting)) {
    return {
      names,
      heading,
      spectra: { as: "rows", from: run.from, to: run.to },
      axis: run.values,
      ...(unit ? { unit } : {}),
    };
  }
  const widest = numericRun(numeric.map((is, c) => is && !isIndex(c)));
  // Without a heading, a matrix of spectra whose first points happen to rise is told by being wide.
  const tall = heading || rows.length > columns;
  if (axisColumn >= 0 && tall && numeric.some((is, c) => is && c > axisColumn)) {
    const own = unitIn(names[axisColumn]!);
    return { names, heading, spectra: { as: "columns", axis: axisColumn }, ...(own ? { unit: own } : {}) };
  }
  if (run) return { names, heading, spectra: { as: "rows", from: run.from, to: run.to } };
  const numbered = heading ? numberedRun(names, numeric) : widest;
  return numbered ? { names, heading, spectra: { as: "rows", ...numbered } } : { names, heading };
}

/** A heading has text above numbers, or, where it has numbers, numbers that rise or fall as an axis does and a spectrum does not. */
function isHeading(
  first: readonly string[],
  top: readonly SampleCell[],
  rest: readonly (readonly SampleCell[])[],
): boolean {
  const [second] = rest;
  if (!second) return top.every((v) => v === undefined);
  if (first.some((text, c) => top[c] === undefined && text !== "" && second[c] !== undefined)) return true;
  if (top.every((v) => v === undefined) && second.every((v) => v === undefined)) return true;
  const both = top.map((_, c) => c).filter((c) => Number.isFinite(top[c]) && Number.isFinite(second[c]));
  const above = both.map((c) => top[c]!);
  if (above.length < fewest || !monotonic(above)) return false;
  const below = rest.slice(0, 8).map((r) => both.map((c) => r[c] ?? NaN));
  return below.some((r) => !monotonic(r)) || (even(above) && !even(below[0]!));
}

export function monotonic(values: readonly number[] | Float64Array): boolean {
  if (values.length < 2) return false;
  const up = values[1]! > values[0]!;
  for (let i = 1; i < values.length; i++)
    if (!(up ? values[i]! > values[i - 1]! : values[i]! < values[i - 1]!)) return false;
  return true;
}

function even(values: readonly number[]): boolean {
  const steps = values.slice(1).map((v, i) => Math.abs(v - values[i]!));
  return Math.max(...steps) <= 1.5 * Math.min(...steps);
}

/** `675.5`, `675.5 cm-1`, `X675.5` (as R writes it). */
function axisValue(name: string, decimal: "." | ","): number | undefined {
  const match = /^[xX]?\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*([^\d\s].{0,8})?$/.exec(
    decimal === "," ? name.replace(",", ".") : name,
  );
  if (!match || (match[2] && !unitIn(match[2]))) return undefined;
  return Number(match[1]);
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** The longest run of neighbouring columns whose headings are strictly monotonic numbers. */
function axisRun(
  values: readonly (number | undefined)[],
): (Run & { readonly values: Float64Array; readonly counting: boolean }) | undefined {
  let best: Run = { from: 0, to: 0 };
  for (let from = 0; from < values.length;) {
    let to = from;
    while (
      to < values.length &&
      values[to] !== undefined &&
      (to - from < 2 || monotonic([values[to - 2]!, values[to - 1]!, values[to]!])) &&
      values[to] !== values[to - 1]
    )
      to++;
    if (to - from > best.to - best.from) best = { from, to };
    from = Math.max(to, from + 1);
  }
  const found = Float64Array.from(values.slice(best.from, best.to), (v) => v ?? NaN);
  if (found.length < fewest) return undefined;
  const counting = found[0]! >= 0 && found[0]! <= 10 && found.every((v, i) => v === found[0]! + i);
  return { ...best, values: found, counting };
}

/** The longest run of headings like `absorbance_1`, `absorbance_2`, … */
function numberedRun(names: readonly string[], numeric: readonly boolean[]): Run | undefined {
  const parts = names.map((n, c) => (numeric[c] ? /^(.*?\D)(\d+)$/.exec(n) : null));
  const follows = (c: number): boolean =>
    parts[c]?.[1] === parts[c - 1]?.[1] && Number(parts[c]?.[2]) === Number(parts[c - 1]?.[2]) + 1;
  return longest(names.length, (c) => parts[c] !== null, follows, fewestNumbered);
}

const numericRun = (numeric: readonly boolean[]): Run | undefined =>
  longest(
    numeric.length,
    (c) => numeric[c]!,
    () => true,
    2,
  );

function longest(
  columns: number,
  belongs: (c: number) => boolean,
  follows: (c: number) => boolean,
  least: number,
): Run | undefined {
  let best: Run = { from: 0, to: 0 };
  for (let from = 0, c = 0; c <= columns; c++) {
    if (c < columns && belongs(c) && (c === from || follows(c))) continue;
    if (c - from > best.to - best.from) best = { from, to: c };
    from = c < columns && belongs(c) ? c : c + 1;
  }
  return best.to - best.from >= least ? best : undefined;
}
