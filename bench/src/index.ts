/**
 * Benchmarks beside the reference's figures: `npm run bench -- [preprocess] [startup] [denoising [config]] [recipe] [--json] [--check]`,
 * and `npm run bench -- onednn [options]`, `gpu [options]` or `large-cube [options]`, which have options of their own.
 *
 * @packageDocumentation
 */
import { parseArgs } from "node:util";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { accuracy, accuracyTable } from "./accuracy.ts";
import { denoising } from "./denoising.ts";
import { type Figure, figureJson, figureTable, withinLimit } from "./figure.ts";
import { gpu } from "./gpu/index.ts";
import { pack } from "./gpu/pack.ts";
import { denoisingConfig, gpuPlaces, root } from "./paths.ts";
import { largeCube } from "./large-cube/index.ts";
import { onednn } from "./onednn/index.ts";
import { preprocess } from "./preprocess.ts";
import { recipe, recipeTable } from "./recipe.ts";
import { startup } from "./startup.ts";

export * from "./accuracy.ts";
export * from "./child.ts";
export * from "./figure.ts";
export * from "./large-cube/index.ts";
export * from "./onednn/index.ts";
export * from "./recipe.ts";
export { denoising, preprocess, startup };

const usage = `npm run bench -- [names] [options]

names:
  preprocess           AsLS, polynomial background, augmentation of a pair
  startup              spectrai --help, and a training up to its data
  denoising [config]   peak memory of a denoising run (default: examples/raman-denoising)
  recipe               test error of the default recipe on measured spectra, 15 runs (SPECTRAI_DATA)
  accuracy [sets]      the default recipe beside networks and baselines on measured spectra, hours (SPECTRAI_DATA)
without a name, all but the last two

  onednn               training steps and inference beside PyTorch; alone, with options of its own (onednn --help)
  gpu                  training steps on a graphics card beside PyTorch; alone, with options of its own (gpu --help)
  large-cube           memory and speed with a scene of 6 GB; alone, with options of its own (large-cube --help)

options:
  --json               one JSON object a line
  --check              exit with 1 if a limit is missed
  --repeat n           accuracy: so many times five folds (default 3)
  --set path=value     change the denoising config (repeatable)
`;

/** The names on the command line, and the config that may follow `denoising`. */
export function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      repeat: { type: "string", default: "3" },
      set: { type: "string", multiple: true, default: [] },
    },
  });
  const names: string[] = [];
  const accuracySets: string[] = [];
  let config: string | undefined;
  for (const word of positionals) {
    if (names.at(-1) === "accuracy") accuracySets.push(word);
    else if (word === "accuracy") names.push(word);
    else if (word === "preprocess" || word === "startup" || word === "denoising" || word === "recipe") names.push(word);
    else if (names.at(-1) === "denoising" && config === undefined) config = word;
    else if (word === "onednn" || word === "gpu" || word === "large-cube")
      throw new Error(`The benchmark ${word} runs alone: its name comes first.`);
    else
      throw new Error(
        `There is no benchmark "${word}"; there are preprocess, startup, denoising, recipe, accuracy, onednn, gpu and large-cube.`,
      );
  }
  return { ...values, names, config, accuracySets };
}

/** Runs the named benchmarks and prints their figures. @returns the exit status */
export async function main(args: readonly string[]): Promise<number> {
  const alone = args.find((word) => !word.startsWith("-")) ?? "";
  if (alone === "onednn") return onednn(args.toSpliced(args.indexOf(alone), 1));
  if (alone === "gpu") return gpu(args.toSpliced(args.indexOf(alone), 1), gpuPlaces, pack);
  if (alone === "large-cube") return largeCube(args.toSpliced(args.indexOf(alone), 1));
  const { json, check, help, set, config, names, accuracySets, repeat } = parse(args);
  if (help) {
    process.stdout.write(usage);
    return 0;
  }
  if (names.includes("recipe")) {
    const rows = await recipe((line) => process.stderr.write(line));
    process.stdout.write(json ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : `${recipeTable(rows)}\n`);
    if (names.length === 1) return 0;
  }
  if (names.includes("accuracy")) {
    const repeats = Number(repeat);
    if (!Number.isInteger(repeats) || repeats < 1) throw new Error("--repeat needs a whole number from 1.");
    const rows = await accuracy(
      {
        folds: 5,
        repeats,
        output: join(root, "runs", "accuracy"),
        ...(accuracySets.length > 0 ? { only: accuracySets } : {}),
      },
      (line) => process.stderr.write(line),
    );
    process.stdout.write(json ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : `${accuracyTable(rows)}\n`);
    if (names.length === 1) return 0;
  }
  const all = names.length === 0;
  const figures: Figure[] = [];
  if (all || names.includes("preprocess")) figures.push(...(await preprocess()));
  if (all || names.includes("startup")) figures.push(...(await startup()));
  if (names.includes("denoising") || (all && existsSync(denoisingConfig)))
    figures.push(...(await denoising(config, set)));
  process.stdout.write(
    json ? figures.map((figure) => `${figureJson(figure)}\n`).join("") : `${figureTable(figures)}\n`,
  );
  return check && !figures.every(withinLimit) ? 1 : 0;
}
