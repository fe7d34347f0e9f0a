import { describeStart, type RunResult } from "@spectrai/core";
import { trustText } from "./report-labels.ts";
import { duration, figure, table } from "./table.ts";

/** What a run found, for people: the table of methods, a plain sentence, and where everything is. */
export function resultText(result: RunResult, verdict: string): string {
  const metrics = [
    ...new Set([
      ...Object.keys(result.metrics).filter((m) => m !== "loss"),
      ...Object.values(result.baselines).flatMap((b) => Object.keys(b.metrics)),
    ]),
  ];
  const row = (name: string, values: Readonly<Record<string, number>>, note: string): string[] => [
    name,
    ...metrics.map((m) => (values[m] === undefined ? "" : figure(values[m]))),
    note,
  ];
  const chosen = (c: object): string =>
    Object.entries(c)
      .map(([k, v]) => `${k} ${[v].flat().map(settingText).join(", ")}`)
      .join(", ");
  const rows = [
    row(result.model.name, result.metrics, `${result.model.parameters.toLocaleString("en")} parameters`),
    ...Object.entries(result.baselines).map(([name, b]) => row(name, b.metrics, chosen(b.chosen))),
  ];
  const { train, validation, test, leak, name } = result.split;
  const lines = [
    `${result.task} on ${result.data.source}`,
    `${train} samples for training, ${validation} for validation, ${test} for test (${name} split, leak ${figure(leak)}); backend ${result.backend.name}, ${result.backend.device}`,
    ...(result.data.resampled === undefined ? [] : [`The spectra were ${result.data.resampled}.`]),
    ...(result.start ? [`The network ${describeStart(result.start)}.`] : []),
    "",
    table([`on ${result.scoredOn}`, ...metrics, ""], rows),
    "",
    verdict,
    ...(result.calibration ? [trustText(result.calibration)] : []),
    ...Object.entries(result.skippedBaselines).map(([baseline, why]) => `Baseline ${baseline} left out: ${why}`),
    ...(result.training.ended === "evaluated"
      ? []
      : [
          `${result.training.epochs === 0 ? "Solved in closed form" : `Trained ${result.training.epochs} epochs`} in ${duration(result.seconds.training)}; ${duration(result.seconds.total)} in all.`,
        ]),
    "",
    ...Object.entries(result.files).map(([what, path]) => `${`${what}:`.padEnd(8)} ${path}`),
  ];
  return lines.join("\n");
}

const settingText = (value: unknown): string => (typeof value === "number" ? figure(value) : String(value));
