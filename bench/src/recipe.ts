import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runNode } from "./child.ts";
import { cli, measuredConfig, root } from "./paths.ts";

/** Test rows of raman-cells; the others are left for training. Settings were chosen by blocks within rows 0 to 799. */
const testRows: readonly (readonly [number, number])[] = [
  [800, 1000],
  [0, 200],
  [200, 400],
  [400, 600],
  [600, 800],
];
const seeds = [1, 2, 3];

export interface RecipeRow {
  readonly testRows: readonly [number, number];
  /** Test MSE of the default recipe, a seed each; the seed also places the validation blocks. */
  readonly network: readonly number[];
  /** Test MSE of the baselines, a seed each. */
  readonly ridge: readonly number[];
  readonly pcaRegression: readonly number[];
  readonly seconds: number;
}

interface Result {
  readonly metrics: { readonly mse: number };
  readonly baselines: Readonly<Record<string, { readonly metrics: { readonly mse: number } }>>;
}

const folder = (): string => resolve(process.env["SPECTRAI_DATA"] ?? join(root, "..", "shared", "data"), "raman-cells");

/** The default denoising recipe on measured spectra beside the two strongest baselines: five test blocks, three seeds. */
export async function recipe(told: (line: string) => void = () => undefined): Promise<RecipeRow[]> {
  const data = folder();
  if (!existsSync(data)) throw new Error(`recipe needs the folder raman-cells in SPECTRAI_DATA; there is no ${data}`);
  const output = await mkdtemp(join(tmpdir(), "spectrai-recipe-"));
  try {
    const rows: RecipeRow[] = [];
    for (const block of testRows) {
      const started = performance.now();
      const results: Result[] = [];
      for (const seed of seeds) {
        results.push(await trainOnce(data, output, block, seed));
        told(`rows ${block[0]}–${block[1] - 1}, seed ${seed}: ${results.at(-1)!.metrics.mse.toPrecision(4)}\n`);
      }
      const baseline = (name: string): number[] => results.map((r) => r.baselines[name]!.metrics.mse);
      rows.push({
        testRows: block,
        network: results.map((r) => r.metrics.mse),
        ridge: baseline("ridge"),
        pcaRegression: baseline("pca-regression"),
        seconds: (performance.now() - started) / 1000,
      });
    }
    return rows;
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function trainOnce(
  data: string,
  output: string,
  block: readonly [number, number],
  seed: number,
): Promise<Result> {
  const settings = [
    `data.input=${join(data, "input_spectra.mat")}`,
    `data.target=${join(data, "target_spectra.mat")}`,
    `split={"name":"block","test":[${block.join(",")}],"validation":0.15}`,
    `baselines=["ridge","pca-regression"]`,
    `callbacks=[]`,
    `seed=${seed}`,
  ];
  const set = settings.flatMap((s) => ["--set", s]);
  const args = [
    cli,
    "train",
    "--config",
    measuredConfig,
    "--output",
    output,
    "--json",
    "--quiet",
    "--no-report",
    ...set,
  ];
  const run = await runNode(args, { seconds: 600 });
  if (run.status !== 0) throw new Error(`spectrai train failed: ${run.stderr}${run.stdout}`);
  return JSON.parse(run.stdout) as Result;
}

const mean = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0) / values.length;
const spread = (values: readonly number[]): string =>
  `${mean(values).toFixed(6)} (${Math.min(...values).toFixed(6)}–${Math.max(...values).toFixed(6)})`;

/** A Markdown table: mean and range over the seeds, and the network's mean over the better baseline's. */
export function recipeTable(rows: readonly RecipeRow[]): string {
  const lines = rows.map((r) => {
    const best = Math.min(mean(r.ridge), mean(r.pcaRegression));
    const cells = [
      `${r.testRows[0]}–${r.testRows[1] - 1}`,
      spread(r.network),
      spread(r.ridge),
      spread(r.pcaRegression),
      (mean(r.network) / best).toFixed(3),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| test rows | network | ridge | pca-regression | network ÷ best |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
