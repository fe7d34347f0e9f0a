import type { Applied } from "./messages.ts";

/** Lines that the page shows; the file has them all. */
const mostRows = 200;

/** The table of predictions, where there is one among the results. */
export async function tableOf(files: readonly File[]): Promise<Pick<Applied, "table">> {
  const file = files.find(({ name }) => name === "predictions.csv");
  if (!file) return {};
  const [header = "", ...rows] = (await file.text()).trimEnd().split("\n");
  return {
    table: {
      header: cellsOf(header),
      rows: rows.slice(0, mostRows).map(cellsOf),
      more: Math.max(0, rows.length - mostRows),
    },
  };
}

/** Cells between commas; those in quotes may have commas, and quotes twice. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );
