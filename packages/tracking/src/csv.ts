import { type Callback, defineComponent, type EpochEnd, services } from "@spectrai/core";
import { z } from "zod";
import { csvRecord, parseCsv } from "./csv-text.ts";

export const csvSchema = z.strictObject({
  file: z
    .string()
    .regex(/^[^/\\]+$/)
    .default("metrics.csv")
    .meta({ description: "Name of the table in the run's folder.", group: "log" }),
});

const fixed = ["epoch", "step", "rate", "seconds", "best"];

/**
 * A table for spreadsheets (RFC 4180): a row an epoch, with `epoch` (from 0), `step` (done so far), `rate`, `seconds`,
 * `best` (1 or 0), then `train_…` and `validation_…` columns. A column never moves: a metric that first appears in a
 * later epoch gets a new column at the right end, empty in the rows before, and the file is written anew, whole. NaN
 * and infinities are `NaN`, `Infinity`, `-Infinity`.
 */
export const csv = defineComponent({
  kind: "callback",
  name: "csv",
  summary: "Log each epoch as a row of a table (metrics.csv).",
  schema: csvSchema,
  deps: { artifacts: services.artifacts, logger: services.logger },
  create({ file }, { artifacts, logger }): Callback {
    let header: string[] = [];
    let rows: string[][] = [];
    const whole = (): string => [header, ...rows].map(csvRecord).join("");
    return {
      async runStart({ firstEpoch }) {
        const bytes = firstEpoch > 0 ? await artifacts.read(file) : undefined;
        const [first, ...rest] = bytes ? parseCsv(new TextDecoder().decode(bytes)) : [];
        const known = first && fixed.every((name, i) => first[i] === name);
        if (first && !known) logger.warn(`${file} is not a log of this kind; it is started anew.`);
        header = known ? first : [...fixed];
        rows = known ? rest.filter((row) => row.length === first.length && isBefore(row[0]!, firstEpoch)) : [];
        await artifacts.write(file, whole());
      },
      async epochEnd(event) {
        const values = valuesOf(event);
        const added = [...values.keys()].filter((name) => !header.includes(name));
        header.push(...added);
        for (const row of rows) row.push(...added.map(() => ""));
        const row = header.map((name) => values.get(name) ?? "");
        rows.push(row);
        await (added.length > 0 ? artifacts.write(file, whole()) : artifacts.append(file, csvRecord(row)));
      },
    };
  },
});

const isBefore = (epoch: string, firstEpoch: number): boolean => /^\d+$/.test(epoch) && Number(epoch) < firstEpoch;

function valuesOf({ epoch, step, rate, seconds, best, train, validation }: EpochEnd): Map<string, string> {
  const values = new Map<string, string>([
    ["epoch", String(epoch)],
    ["step", String(step)],
    ["rate", String(rate)],
    ["seconds", String(seconds)],
    ["best", best ? "1" : "0"],
  ]);
  for (const [name, value] of Object.entries(train)) values.set(`train_${name}`, String(value));
  for (const [name, value] of Object.entries(validation)) values.set(`validation_${name}`, String(value));
  return values;
}
