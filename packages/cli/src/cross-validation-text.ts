import type { CrossValidation, FoldComparison, MethodSummary } from "@spectrai/core";
import { figure, table } from "./table.ts";

const kinds = {
  shuffle: "samples drawn at random",
  block: "contiguous rows",
  group: "whole groups",
  class: "equal shares of the classes",
} as const;

/** Mean ± standard deviation of every method, how often the network won, and what follows from it. */
export function crossValidationText(result: CrossValidation): string {
  const { methods, metrics, split, data, model, comparison } = result;
  const names = metrics.map((m) => m.name);
  const cell = ({ mean, sd }: MethodSummary): string => `${figure(mean)} ± ${figure(sd)}`;
  // Of the metric that decides; --json has those of all.
  const pooledNames = names.filter((n) => n === result.monitor && Object.values(methods).every((m) => m[n]!.pooled));
  const rows = Object.entries(methods).map(([name, values]) => {
    const won = comparison?.wins[name];
    return [
      name === "network" && model ? model.name : name,
      ...names.map((n) => cell(values[n]!)),
      ...pooledNames.map((n) => figure(mean(values[n]!.pooled!))),
      won
        ? `${won.better} of ${won.better + won.equal + won.worse}${won.equal > 0 ? ` (${won.equal} equal)` : ""}`
        : "",
    ];
  });
  const header = ["", ...names, ...pooledNames.map((n) => `${n} (pooled)`), comparison ? "network better in" : ""];
  const count = split.folds * split.repeats;
  return [
    `${result.task} on ${data.source}: ${split.folds} folds of ${kinds[split.by]} of ${data.samples} samples${split.repeats > 1 ? `, ${split.repeats} times` : ""}${(split.by === "block" || split.by === "group") && split.leak > 0 ? ` (leak ${figure(split.leak)})` : ""}`,
    `Mean ± standard deviation over ${count} folds${pooledNames.length > 0 ? "; pooled: of the predictions of all folds together" : ""}.`,
    "",
    table(header, rows),
    "",
    ...(comparison && model ? [verdict(comparison, model.name, count)] : []),
    ...Object.entries(result.skippedBaselines).map(([baseline, why]) => `Baseline ${baseline} left out: ${why}`),
    `Every fold: ${result.file}`,
  ].join("\n");
}

const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;

function verdict(c: FoldComparison, model: string, count: number): string {
  const { better } = c.wins[c.baseline]!;
  const by = `${c.metric} differs by ${figure(c.difference)} ± ${figure(c.standardError)} (standard error for overlapping training parts), and the network is better in ${better} of ${count} folds`;
  if (c.verdict === "undecided")
    return `${model} and the best baseline, ${c.baseline}, cannot be told apart here: ${by}.`;
  return `${model} is ${c.verdict} than the best baseline, ${c.baseline}: ${by}.`;
}
