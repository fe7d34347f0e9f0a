import { type FileEntry, SpectraiError } from "@spectrai/core";
import type { SpectraOptions } from "../spectra.ts";
import { type Column, readColumn } from "./columns.ts";
import { parentFolder } from "./listing.ts";
import type { FilePool } from "./pool.ts";
import type { SpectraFile } from "./rows.ts";
import type { Place } from "./spectra-target.ts";

export interface GroupParts {
  readonly pool: FilePool;
  readonly inputs: readonly FileEntry[];
  readonly spectra: readonly SpectraFile[];
  readonly index: readonly Place[];
  /** A file is a class: grouping by it would leave no split that has every class on both sides. */
  readonly byClass: boolean;
}

/** The group of each spectrum; undefined where each is its own. */
export async function groupsOf(
  options: SpectraOptions,
  { pool, inputs, spectra, index, byClass }: GroupParts,
): Promise<readonly string[] | undefined> {
  if (options.groupColumn !== undefined && !["auto", "column"].includes(options.groupBy))
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `groupColumn is given, but groupBy is "${options.groupBy}". Set groupBy: column, or leave groupColumn out.`,
    );
  const several = inputs.length > 1 && spectra.some((f) => f.rows > 1) && !byClass;
  const by =
    options.groupBy !== "auto"
      ? options.groupBy
      : options.groupColumn !== undefined
        ? "column"
        : several
          ? "file"
          : "none";
  switch (by) {
    case "none":
      return undefined;
    case "file":
      return index.map(({ file }) => inputs[file]!.relative);
    case "folder":
      return index.map(({ file }) => parentFolder(inputs[file]!.relative));
    case "rows":
      return index.map(
        ({ file, row }) => `${inputs[file]!.relative}#${Math.floor(row / options.groupRows) * options.groupRows}`,
      );
    default:
      if (options.groupColumn === undefined)
        throw new SpectraiError(
          "SPECTRAI_CONFIG_INVALID",
          "groupBy: column needs the option groupColumn, the name of the column.",
        );
      return columnGroups([options.groupColumn].flat(), (name) =>
        readColumn(pool, spectra, options.table, name, "groupColumn"),
      );
  }
}

/** `Chicken, A, 1`: the entries of the columns that name a group together. */
async function columnGroups(names: readonly string[], read: (name: string) => Promise<Column>): Promise<string[]> {
  const columns: Column[] = [];
  for (const name of names) columns.push(await read(name));
  return columns[0]!.map((_, i) => columns.map((c) => String(c[i])).join(", "));
}
