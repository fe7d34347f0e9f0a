import { type DataFile, sizeOf, SpectraiError, toFloat64 } from "@spectrai/core";
import type { FilePool } from "./pool.ts";
import type { SpectraFile } from "./rows.ts";

/** A column of labels, values or groups: one entry a spectrum, over all files. */
export type Column = readonly (string | number)[];

/**
 * Reads a variable with one entry a spectrum, from each data file or from one table for all.
 *
 * @throws SPECTRAI_CONFIG_INVALID when it is not there, SPECTRAI_DATA_LENGTH when its length is another
 */
export async function readColumn(
  pool: FilePool,
  files: readonly SpectraFile[],
  table: string | undefined,
  name: string,
  option: string,
): Promise<Column> {
  if (table !== undefined) {
    const total = files.reduce((n, f) => n + f.rows, 0);
    return pool.use(table, (file) =>
      entries(file, table, name, total, option, files.length === 1 ? files[0]!.path : "the input"),
    );
  }
  const parts: Column[] = [];
  for (const { path, rows } of files)
    parts.push(await pool.use(path, (file) => entries(file, path, name, rows, option, path)));
  return parts.flat();
}

async function entries(
  file: DataFile,
  path: string,
  name: string,
  rows: number,
  option: string,
  counted: string,
): Promise<Column> {
  const info = file.variables.find((v) => v.name === name && v.kind !== "other");
  if (!info) {
    const candidates = file.variables.filter((v) => v.kind !== "other" && sizeOf(v.shape) === rows).map((v) => v.name);
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `${option}: ${path} has no column or variable "${name}". With one entry a spectrum there are: ${candidates.join(", ") || "none"}.`,
      {
        details: { file: path, variable: name, candidates },
      },
    );
  }
  const found = info.kind === "text" ? await file.readText(name) : Array.from(toFloat64((await file.read(name)).data));
  if (found.length !== rows)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `${option}: "${name}" in ${path} has ${found.length} entries, but ${counted} has ${rows} spectra. There must be one for each.`,
      {
        details: { file: path, variable: name },
      },
    );
  return found;
}

export interface Classes {
  readonly names: readonly string[];
  /** Class of each spectrum. */
  readonly of: readonly number[];
}

/**
 * Classes of labels. Text is matched with the class names; numbers count classes from 0 or from 1, whichever the
 * smallest label says, where class names are given, and are names themselves where not.
 *
 * @throws SPECTRAI_DATA_LABEL naming the row
 */
export function classesOf(
  labels: Column,
  given: readonly string[] | undefined,
  where: string,
  order: (a: string, b: string) => number,
): Classes {
  const wrong = (row: number, why: string): SpectraiError =>
    new SpectraiError("SPECTRAI_DATA_LABEL", `${where}, row ${row}: ${why}. Mend the label or remove the row.`, {
      details: { row, label: labels[row] ?? null },
    });
  labels.forEach((label, row) => {
    if (label === "") throw wrong(row, "the label is missing");
    if (typeof label === "number" && !Number.isInteger(label))
      throw wrong(row, `the label is ${label}, where a whole number or a name is due`);
  });
  if (!given) {
    const names = [...new Set(labels.map((l) => String(l).trim()))].sort(order);
    const index = new Map(names.map((n, i) => [n, i]));
    return { names, of: labels.map((l) => index.get(String(l).trim())!) };
  }
  const index = new Map(given.map((n, i) => [n, i]));
  const first = labels.includes(0) ? 0 : 1;
  const of = labels.map((label, row) => {
    const named = index.get(String(label).trim());
    if (named !== undefined) return named;
    if (typeof label === "string") throw wrong(row, `the label "${label}" is none of the classes ${given.join(", ")}`);
    const k = label - first;
    if (k < 0 || k >= given.length)
      throw wrong(
        row,
        `the label ${label} is out of range: ${given.length} classes are labelled ${first} to ${first + given.length - 1}`,
      );
    return k;
  });
  return { names: given, of };
}
