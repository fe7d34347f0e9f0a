import { type Axis, type FileEntry, SpectraiError, type Target, type TargetSpec } from "@spectrai/core";
import type { SpectraOptions } from "../spectra.ts";
import { type Column, classesOf, readColumn } from "./columns.ts";
import { natural, stem, topFolder } from "./listing.ts";
import type { FilePool } from "./pool.ts";
import { readSpectrum, type SpectraFile } from "./rows.ts";

export interface Place {
  readonly file: number;
  readonly row: number;
}

export interface TargetFile {
  readonly files: readonly SpectraFile[];
  readonly axis: Axis;
}

export interface Parts {
  readonly pool: FilePool;
  readonly inputs: readonly FileEntry[];
  readonly spectra: readonly SpectraFile[];
  readonly index: readonly Place[];
  readonly targets: TargetFile | undefined;
}

export interface OpenTarget {
  readonly spec: TargetSpec;
  readonly classFrom?: "labels" | "folder" | "file";
  readonly classOf?: readonly number[];
  read(sample: number, place: Place): Promise<Target>;
}

/** What the spectra are to be turned into: other spectra, classes, numbers, or nothing. */
export async function spectraTarget(options: SpectraOptions, parts: Parts): Promise<OpenTarget> {
  const { pool, spectra, index, targets } = parts;
  const chosen = [
    targets && "target",
    options.labels && "labels",
    options.values && "values",
    ["folder", "file"].includes(options.classes) && "classes",
  ].filter((c) => c);
  if (chosen.length > 1)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `A data set has one kind of target, but ${chosen.join(" and ")} are given. Keep one of them.`,
    );
  if (targets) {
    const { files, axis } = targets;
    return {
      spec: { kind: "spectral", shape: [files[0]!.length], axis },
      read: async (_, { file, row }) => ({ kind: "spectral", value: await readSpectrum(files[file]!, row, axis) }),
    };
  }
  if (options.values) return valuesTarget(options, parts);
  const where = options.table ?? options.input;
  if (options.labels !== undefined)
    return classTarget(
      "labels",
      await readColumn(pool, spectra, options.table, options.labels, "labels"),
      options,
      where,
    );
  const from = options.classes === "auto" ? (inFolders(parts.inputs) ? "folder" : "none") : options.classes;
  if (from === "none") return { spec: { kind: "none" }, read: () => Promise.resolve({ kind: "none" }) };
  const labels = parts.inputs.map(({ relative, path }) => {
    const label = from === "file" ? stem(relative) : topFolder(relative);
    if (label === undefined)
      throw new SpectraiError(
        "SPECTRAI_DATA_LABEL",
        `${path} lies in no folder below ${options.input}, so that it has no class. Move it into its class's folder.`,
        { details: { file: path } },
      );
    return label;
  });
  return classTarget(
    from,
    index.map(({ file }) => labels[file]!),
    options,
    options.input,
  );
}

const inFolders = (inputs: readonly FileEntry[]): boolean => {
  const folders = new Set(inputs.map((f) => topFolder(f.relative)));
  return folders.size > 1 && !folders.has(undefined);
};

function classTarget(
  from: NonNullable<OpenTarget["classFrom"]>,
  labels: Column,
  options: SpectraOptions,
  where: string,
): OpenTarget {
  const { names, of } = classesOf(labels, options.classNames, where, natural);
  if (names.length < 2)
    throw new SpectraiError(
      "SPECTRAI_DATA_LABEL",
      `${where} has only one class, ${names[0]}. To tell classes apart, at least two are needed.`,
    );
  return {
    spec: { kind: "class", classes: names },
    classFrom: from,
    classOf: of,
    read: (i) => Promise.resolve({ kind: "class", value: of[i]! }),
  };
}

async function valuesTarget(options: SpectraOptions, { pool, spectra }: Parts): Promise<OpenTarget> {
  const names = options.values!;
  const units = options.valueUnits ?? [];
  if (units.length > names.length)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `valueUnits has ${units.length} units for ${names.length} values.`,
    );
  const columns: (readonly number[])[] = [];
  for (const name of names) {
    const column = await readColumn(pool, spectra, options.table, name, "values");
    const numbers = column.map((v) => (v === "" ? NaN : Number(v)));
    const row = numbers.findIndex((v) => !Number.isFinite(v));
    if (row >= 0)
      throw new SpectraiError(
        "SPECTRAI_DATA_VALUE",
        `${options.table ?? options.input}, column "${name}", row ${row}: "${column[row]}" is not a finite number. Mend it or remove the row.`,
        { details: { column: name, row } },
      );
    columns.push(numbers);
  }
  return {
    spec: { kind: "numbers", names, units: names.map((_, i) => units[i] ?? "") },
    read: (i) => Promise.resolve({ kind: "numbers", value: Float64Array.from(columns, (c) => c[i]!) }),
  };
}
