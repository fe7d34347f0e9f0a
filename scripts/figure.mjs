/**
 * `node scripts/figure.mjs`: trains examples/raman-denoising/spectrai.config.yml (simulated spectra) and writes the README's
 * figure and the numbers beside it: docs/figures/denoising.svg and denoising.json. Then run `node scripts/docs-pages.mjs`.
 * Arguments are as those of `spectrai train --set`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {
  disposeBatch,
  forward,
  makeBatch,
  openWorkbench,
  parseSetting,
  readConfig,
  splitRows,
  trainRun,
} from "@spectrai/core";
import { folderStore, nodeFileSystem } from "@spectrai/core/node";
import { linePlotSvg, verdictOf } from "@spectrai/report";
import prettier from "prettier";
import { root } from "./setup.mjs";

const { parse } = createRequire(join(root, "packages", "cli", "package.json"))("yaml");
const folder = join(root, "examples", "raman-denoising");
const given = readConfig(
  parse(readFileSync(join(folder, "spectrai.config.yml"), "utf8")),
  process.argv.slice(2).map(parseSetting),
);
const plugins = await Promise.all(given.raw.plugins.map(async (name) => (await import(name)).default));
const logger = { debug() {}, info: (m) => process.stderr.write(`${m}\n`), warn: (m) => process.stderr.write(`${m}\n`) };
const bench = await openWorkbench({ plugins, files: nodeFileSystem(folder), logger, seed: given.raw.seed });
const scratch = await mkdtemp(join(tmpdir(), "spectrai-figure-"));
try {
  const run = await trainRun(bench, { given, store: folderStore(scratch), runId: "figure", resume: false });
  const { result, scores, model, card } = run;
  const errors = scores.errors.meanSquares;
  const median = errors.map((_, i) => i).sort((a, b) => errors[a] - errors[b])[Math.floor(errors.length / 2)];
  const sample = scores.part.sample(median);
  const batch = makeBatch([sample], card.model.spec.output, [], 0, 0);
  const output = forward(model, batch.input);
  const [denoised] = await splitRows(output);
  tf.dispose(output);
  disposeBatch(batch);

  const x = sample.input.axis.values;
  const svg = linePlotSvg(
    {
      title: "A simulated Raman spectrum of a cell: the median case of the test part",
      x: { label: "Wavenumber", unit: "cm-1" },
      y: { label: "Intensity ÷ maximum" },
      series: [
        { name: "input, 0.1 s", x, y: sample.input.data, tone: "grey", style: "faint" },
        { name: "target, 1 s", x, y: sample.target.value.data, tone: "ink" },
        { name: "network", x, y: denoised.data, tone: "blue" },
      ],
    },
    { width: 860, height: 340 },
  );
  // A background of its own, so that it can be read on a dark page.
  const framed = svg.replace(">", `><rect width="100%" height="100%" fill="#ffffff"/>`);
  writeFileSync(join(root, "docs", "figures", "denoising.svg"), `${framed}\n`);
  const { task, backend, data, split, scoredOn, metrics, baselines, comparison, training, seconds, seed } = result;
  const kept = { task, backend, model: result.model, data, split, scoredOn, metrics, baselines, comparison, training };
  writeFileSync(
    join(root, "docs", "figures", "denoising.json"),
    await prettier.format(JSON.stringify({ ...kept, seed, seconds }), { parser: "json", printWidth: 120 }),
  );
  process.stderr.write(
    `${
      verdictOf({
        metrics: [{ name: "mse", better: "lower" }],
        methods: [
          { name: result.model.name, kind: "network", metrics },
          ...Object.entries(baselines).map(([name, b]) => ({ name, kind: "baseline", metrics: b.metrics })),
        ],
      }).text
    }\n`,
  );
} finally {
  await rm(scratch, { recursive: true });
  await bench.services.dispose();
}
