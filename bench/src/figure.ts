import { alignColumns } from "./table.ts";

/** One measured quantity, beside what the reference took and what we set ourselves as a limit. */
export interface Figure {
  readonly name: string;
  /** Smaller is better for every unit. */
  readonly unit: "µs" | "ms" | "MB";
  readonly ours: number;
  readonly limit: number;
  /** The reference's figure, recorded earlier on another day and machine; see `referenceNote`. */
  readonly reference: number;
  /** How it was measured and over how many repetitions. */
  readonly method: string;
}

/** The reference's figures were not taken in the same sitting, so a ratio to them is an order of magnitude, not a measurement. */
export const referenceNote =
  "recorded earlier, on another day, on a 2-core AVX-512 machine with Python and PyTorch 2.13; not in the same sitting";

const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

export const withinLimit = ({ ours, limit }: Figure): boolean => ours <= limit;

/** One JSON object a line. */
export const figureJson = (figure: Figure): string =>
  JSON.stringify({ ...figure, ratio: figure.reference / figure.ours, withinLimit: withinLimit(figure), referenceNote });

/** A table for people. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = [
    ["", "ours", "limit", "", "reference ¹", "reference / ours"],
    ...figures.map((f) => [
      f.name,
      `${digits(f.ours)} ${f.unit}`,
      `${digits(f.limit)} ${f.unit}`,
      withinLimit(f) ? "met" : "MISSED",
      `${digits(f.reference)} ${f.unit}`,
      `${digits(f.reference / f.ours)} ×`,
    ]),
  ];
  const lines = alignColumns(rows);
  const methods = figures.map((f) => `${f.name}: ${f.method}`);
  return [...lines, "", `¹ ${referenceNote}`, ...methods].join("\n");
}
