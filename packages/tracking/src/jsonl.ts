import { type Callback, defineComponent, services } from "@spectrai/core";
import { z } from "zod";
import { cutLines } from "./log-lines.ts";

export const jsonlSchema = z.strictObject({
  every: z.int().min(0).default(10).meta({
    description: "Write every how many optimizer steps a line; 0 writes none, 1 all.",
    group: "log",
    unit: "steps",
  }),
  file: z
    .string()
    .regex(/^[^/\\]+$/)
    .default("metrics.jsonl")
    .meta({ description: "Name of the log in the run's folder.", group: "log" }),
});

/** Lines held back before they are written together, unless an epoch ends first. */
const held = 100;

/**
 * A log for programs: one JSON object a line, with `event` `step`, `epoch` or `end`, and otherwise the fields of the
 * events `StepEnd`, `EpochEnd` (less its examples) and `RunEnd`. Steps are those that `every` divides, so that a
 * resumed run writes the same ones. Numbers that JSON does not have are the strings `"NaN"`, `"Infinity"` and
 * `"-Infinity"`.
 */
export const jsonl = defineComponent({
  kind: "callback",
  name: "jsonl",
  summary: "Log steps, epochs and the end of a run as one JSON object a line (metrics.jsonl).",
  schema: jsonlSchema,
  deps: { artifacts: services.artifacts, logger: services.logger },
  create({ every, file }, { artifacts, logger }): Callback {
    let waiting: string[] = [];
    const add = (entry: object): void => {
      waiting.push(`${JSON.stringify(entry, numbersToText)}\n`);
    };
    const flush = async (): Promise<void> => {
      if (waiting.length === 0) return;
      const text = waiting.join("");
      waiting = [];
      await artifacts.append(file, text);
    };
    return {
      async runStart({ firstEpoch, firstStep }) {
        waiting = [];
        const { dropped } = await cutLines(artifacts, file, (line) => isBeyond(line, firstEpoch, firstStep));
        if (dropped > 0) logger.debug(`${file}: ${dropped} lines from step ${firstStep} on are written anew.`);
      },
      async stepEnd({ epoch, step, stepOfEpoch, loss, rate, gradientNorm, samples, seconds }) {
        if (every === 0 || step % every !== 0) return;
        add({ event: "step", epoch, step, stepOfEpoch, loss, rate, gradientNorm, samples, seconds });
        if (waiting.length >= held) await flush();
      },
      async epochEnd({ epoch, step, rate, seconds, train, validation, best }) {
        add({ event: "epoch", epoch, step, rate, seconds, train, validation, best });
        await flush();
      },
      async runEnd({ reason, epochs, step, seconds, test }) {
        add({ event: "end", reason, epochs, step, seconds, test });
        await flush();
      },
    };
  },
});

const numbersToText = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** Whether a run that goes on from this epoch and step writes the line again. A line that cannot be read is left alone. */
function isBeyond(line: string, firstEpoch: number, firstStep: number): boolean {
  let entry: { event?: unknown; epoch?: unknown; step?: unknown } | null;
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return false;
  }
  if (entry?.event === "end") return true;
  if (entry?.event === "epoch") return typeof entry.epoch === "number" && entry.epoch >= firstEpoch;
  return entry?.event === "step" && typeof entry.step === "number" && entry.step >= firstStep;
}
