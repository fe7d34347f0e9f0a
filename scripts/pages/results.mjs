/** The table that the run behind docs/figures/denoising.svg printed (scripts/figure.mjs keeps it beside the figure). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup.mjs";
import { table } from "./options.mjs";

const figures = (n) => String(Number(n.toPrecision(3)));

export function results() {
  const run = JSON.parse(readFileSync(join(root, "docs", "figures", "denoising.json"), "utf8"));
  const rows = [[run.model.name, run.metrics], ...Object.entries(run.baselines).map(([name, b]) => [name, b.metrics])];
  return table(
    ["method", "MSE", "MAE", "PSNR (dB)", "spectral angle (°)"],
    rows.map(([name, m]) => [`\`${name}\``, ...["mse", "mae", "psnr", "sam"].map((key) => figures(m[key]))]),
  );
}
