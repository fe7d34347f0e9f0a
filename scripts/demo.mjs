/**
 * `npm run demo`: trains a denoiser, measures it beside the baselines, applies it to new spectra, writes a report.
 * `-- --real` does so with measured spectra (SPECTRAI_DATA, or ../shared/data); `-- --json` ends with one JSON line.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build, install, root } from "./setup.mjs";

const flags = process.argv.slice(2);
const unknown = flags.find((flag) => flag !== "--real" && flag !== "--json");
if (unknown !== undefined) fail(`npm run demo has no option ${unknown}; it has --real and --json.`, 2);
const [real, json] = [flags.includes("--real"), flags.includes("--json")];
const cells = resolve(process.env.SPECTRAI_DATA ?? join(root, "..", "shared", "data"), "raman-cells");
if (real && !existsSync(cells)) fail(`--real needs the folder raman-cells in SPECTRAI_DATA; there is no ${cells}.`, 1);

function fail(message, status) {
  process.stderr.write(`${message}\n`);
  process.exit(status);
}

/** Runs the command. With --json its own words are kept from stdout, which is to end with one object. */
function spectrai(...args) {
  const command = join(root, "packages", "cli", "bin", "spectrai.js");
  const { status } = spawnSync(process.execPath, [command, ...args], { cwd: root, stdio: ["ignore", json ? 2 : 1, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Spectra the network has not seen: a simulated instrument and cells of another seed, as a table with its axis. */
async function simulateNew(path) {
  const { ramanPairs, ramanPairsSchema } = await import("@spectrai/datasets");
  const dataset = await ramanPairs.create(ramanPairsSchema.parse({ samples: 20, seed: 2 }), {});
  const lines = [`sample,${dataset.spec.axis.values.join(",")}`];
  for (let i = 0; i < dataset.samples.length; i++) {
    const { id, input } = await dataset.read(i);
    lines.push(`${id},${input.data.join(",")}`);
  }
  writeFileSync(path, `${lines.join("\n")}\n`);
}

install();
build();
const output = join(root, "demo");
const runs = join(output, "runs");
mkdirSync(output, { recursive: true });
const config = join("examples", "raman-denoising", real ? "raman-cells.config.yml" : "spectrai.config.yml");
const files = real
  ? [
      "--set",
      `data.input=${join(cells, "input_spectra.mat")}`,
      "--set",
      `data.target=${join(cells, "target_spectra.mat")}`,
    ]
  : [];
spectrai("train", "--config", config, "--output", runs, ...files);

const run = join(runs, readdirSync(runs).sort().at(-1));
const fresh = real ? join(cells, "input_spectra.mat") : join(output, "new-spectra.csv");
if (!real) await simulateNew(fresh);
const results = join(output, "denoised");
spectrai("apply", run, fresh, "--output", results, "--format", "csv", ...(real ? [] : ["--axis", "500:1800:cm-1"]));

const result = JSON.parse(readFileSync(join(run, "result.json"), "utf8"));
const where = (path) => relative(process.cwd(), path);
if (json) process.stdout.write(`${JSON.stringify({ ...result, files: { ...result.files, applied: results } })}\n`);
else
  process.stdout.write(
    `\nThe report:        ${where(join(run, "report.html"))}\nThe model:         ${where(result.files.model)}\n` +
      `Denoised spectra:  ${where(results)}\nTrain your own:    npx spectrai init my-project\n`,
  );
