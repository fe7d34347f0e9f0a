import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { runNode } from "./child.ts";
import { cli, root } from "./paths.ts";

/** What is measured on a set: the default recipe with the baselines, or a network in its place, without them. */
interface Contender {
  readonly name: string;
  readonly settings: readonly string[];
  readonly baselines: boolean;
  /** At most so many repetitions, of what takes long. */
  readonly repeats?: number;
}

/** The metric that decides, and what is printed of it. */
interface Judged {
  readonly metric: string;
  readonly better: "lower" | "higher";
}

interface BenchmarkSet {
  /** Of the config in examples/benchmarks. */
  readonly config: string;
  readonly judged: Judged;
  readonly reference: Contender;
  readonly others: readonly Contender[];
}

const byDefault: Contender = { name: "default", settings: [], baselines: true };
const resnet: Contender = {
  name: "resnet",
  // A quarter of the width: so many fits of the full one would take a day on two cores.
  settings: [`model={"name":"resnet","depth":18,"preset":"small"}`],
  baselines: false,
};
const inception: Contender = {
  name: "inception-time",
  settings: [`model={"name":"inception-time","preset":"small"}`],
  baselines: false,
  repeats: 1,
};
const resunet: Contender = {
  name: "resunet",
  // Absorbance may be negative, and there is one batch of 64 in a training part.
  settings: [
    `model={"name":"resunet","outputActivation":"none","width":16}`,
    "train.epochs=60",
    "train.batchSize=16",
    "train.learningRate=0.001",
  ],
  baselines: false,
};
const denoiser: Contender = {
  name: "spectral-denoiser",
  settings: [`model={"name":"spectral-denoiser"}`],
  baselines: false,
};

const accuracyOf: Judged = { metric: "accuracy", better: "higher" };
/** The mean over targets, free of their units. */
const explainedOf: Judged = { metric: "r2", better: "higher" };
const distanceOf: Judged = { metric: "mse", better: "lower" };

export const sets: readonly BenchmarkSet[] = [
  ...["fruit-purees", "fresh-meats", "olive-oils", "milk-powder"].map((config) => ({
    config,
    judged: accuracyOf,
    reference: resnet,
    others: [inception],
  })),
  ...["mineral-mixtures", "corn"].map((config) => ({
    config,
    judged: explainedOf,
    reference: resnet,
    others: [inception],
  })),
  ...["corn-transfer-mp5", "corn-transfer-mp6"].map((config) => ({
    config,
    judged: distanceOf,
    reference: resunet,
    others: [denoiser],
  })),
];

interface Spread {
  readonly mean: number;
  readonly sd: number;
}

/** What `spectrai evaluate --kfold --json` prints, as far as it is used. */
interface CrossValidated {
  readonly model: { readonly name: string; readonly parameters: number };
  readonly methods: Readonly<Record<string, Readonly<Record<string, Spread>>>>;
}

export interface AccuracyRow {
  readonly set: string;
  readonly judged: Judged;
  /** The model that the task's defaults chose. */
  readonly model: string;
  readonly methods: Readonly<Record<string, Spread>>;
  /** Which of them are baselines. */
  readonly baselines: readonly string[];
  readonly reference: string;
  readonly seconds: number;
}

export interface AccuracyOptions {
  readonly folds: number;
  readonly repeats: number;
  /** Names of configs; all unless given. */
  readonly only?: readonly string[];
  /** Where folds are kept, so that an interrupted benchmark goes on. */
  readonly output: string;
}

/** The default recipe, the reference's network, others of ours and the baselines on measured spectra, by repeated k-fold. */
export async function accuracy(
  options: AccuracyOptions,
  told: (line: string) => void = () => undefined,
): Promise<AccuracyRow[]> {
  const data = resolve(process.env["SPECTRAI_DATA"] ?? join(root, "..", "shared", "data"));
  if (!existsSync(data)) throw new Error(`accuracy needs the measured spectra in SPECTRAI_DATA; there is no ${data}`);
  const unknown = options.only?.find((name) => !sets.some((s) => s.config === name));
  if (unknown !== undefined)
    throw new Error(`There is no set "${unknown}"; there are ${sets.map((s) => s.config).join(", ")}.`);
  const rows: AccuracyRow[] = [];
  for (const set of sets) {
    if (options.only && !options.only.includes(set.config)) continue;
    const started = performance.now();
    const methods: Record<string, Spread> = {};
    let model = "";
    let baselines: string[] = [];
    for (const contender of [byDefault, set.reference, ...set.others]) {
      told(`${set.config}: ${contender.name}\n`);
      const result = await crossValidate(set.config, contender, data, options);
      const { network, ...classical } = result.methods;
      methods[result.model.name] = network![set.judged.metric]!;
      if (!contender.baselines) continue;
      model = result.model.name;
      baselines = Object.keys(classical);
      for (const [name, values] of Object.entries(classical)) methods[name] = values[set.judged.metric]!;
    }
    const seconds = (performance.now() - started) / 1000;
    rows.push({
      set: set.config,
      judged: set.judged,
      model,
      methods,
      baselines,
      reference: set.reference.name,
      seconds,
    });
  }
  return rows;
}

async function crossValidate(
  config: string,
  contender: Contender,
  data: string,
  { folds, repeats, output }: AccuracyOptions,
): Promise<CrossValidated> {
  const args = [
    cli,
    "evaluate",
    "--config",
    join(root, "examples", "benchmarks", `${config}.yml`),
    "--kfold",
    String(folds),
    "--repeat",
    String(Math.min(repeats, contender.repeats ?? repeats)),
    "--output",
    output,
    "--json",
    "--quiet",
    ...(contender.baselines ? [] : ["--no-baselines"]),
    ...contender.settings.flatMap((s) => ["--set", s]),
  ];
  const run = await runNode(args, { seconds: 4 * 3600, env: { SPECTRAI_DATA: data } });
  if (run.status !== 0) throw new Error(`spectrai evaluate failed on ${config}: ${run.stderr}${run.stdout}`);
  return JSON.parse(run.stdout) as CrossValidated;
}

const digits = (value: number, judged: Judged): string =>
  judged.better === "higher" ? value.toFixed(4) : value.toPrecision(4);

/** At least as good, at the digits that are printed. */
const asGood = (a: number, b: number, judged: Judged): boolean => {
  const [x, y] = [Number(digits(a, judged)), Number(digits(b, judged))];
  return judged.better === "higher" ? x >= y : x <= y;
};

/** A Markdown table: mean ± standard deviation over all folds, the best baseline named, and who is ahead. */
export function accuracyTable(rows: readonly AccuracyRow[]): string {
  const cell = (row: AccuracyRow, name: string): string => {
    const { mean, sd } = row.methods[name]!;
    return `\`${name}\` ${digits(mean, row.judged)} ± ${digits(sd, row.judged)}`;
  };
  const lines = rows.map((row) => {
    const best = row.baselines.reduce((a, b) =>
      asGood(row.methods[a]!.mean, row.methods[b]!.mean, row.judged) ? a : b,
    );
    const others = Object.keys(row.methods).filter(
      (name) => name !== row.model && name !== row.reference && !row.baselines.includes(name),
    );
    const good = asGood(row.methods[row.model]!.mean, row.methods[best]!.mean, row.judged);
    return `| ${[
      row.set,
      row.judged.metric,
      cell(row, row.model),
      others.map((name) => cell(row, name)).join(", "),
      cell(row, row.reference),
      cell(row, best),
      good ? "yes" : "no",
    ].join(" | ")} |`;
  });
  return [
    "| set | metric | default recipe | ours as well | the reference's network | best baseline | default at least as good |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
