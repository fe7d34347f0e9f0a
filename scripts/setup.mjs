/** Installing and building, done only where something changed since the last time. Every other script starts here. */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tools = join(root, ".tools", "node_modules", ".bin");
const pnpmVersion = "10.34.9";

/** Runs a program in the repository. Its output goes to stderr, so that stdout holds results alone; quiet = only if it fails. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", quiet ? "pipe" : 2, quiet ? "pipe" : 2],
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}`, TURBO_TELEMETRY_DISABLED: "1", ...env },
  });
  if (result.error) throw result.error;
  if (result.status !== 0 && quiet) process.stderr.write(result.stdout + result.stderr);
  return result.status === 0;
}

/** As {@link run}, quietly, beside others. */
export function runBeside(command, args) {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: root,
      maxBuffer: 2 ** 28,
      env: { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` },
    };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error) process.stderr.write(stdout + stderr);
      resolve(error === null);
    });
    child.on("error", reject);
  });
}

export const bin = (name) => join(root, "node_modules", ".bin", name);

function must(ok, what) {
  if (ok) return;
  process.stderr.write(`${what} failed; its messages are above.\n`);
  process.exit(1);
}

/** Changes when what is to be installed does. */
function manifestHash() {
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}/package.json`);
  const files = [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "package.json",
    "docs/package.json",
    "bench/package.json",
    ...packages.sort(),
  ];
  const hash = createHash("sha256").update(process.version);
  for (const file of files) if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

export function install() {
  const stamp = join(root, "node_modules", ".spectrai-installed");
  const hash = manifestHash();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  const pnpm = join(root, ".tools", "node_modules", "pnpm", "bin", "pnpm.cjs");
  if (!existsSync(pnpm)) {
    process.stderr.write(`Installing pnpm ${pnpmVersion} into .tools\n`);
    must(
      run(
        "npm",
        ["install", "--silent", "--no-audit", "--no-fund", "--prefix", join(root, ".tools"), `pnpm@${pnpmVersion}`],
        { quiet: true },
      ),
      "Installing pnpm",
    );
  }
  process.stderr.write("Installing the packages\n");
  must(
    run(process.execPath, [pnpm, "install", "--frozen-lockfile", "--reporter=append-only"], {
      quiet: true,
      env: { CI: "true" },
    }),
    "Installing the packages",
  );
  writeFileSync(stamp, manifestHash());
}

export function build() {
  must(run(bin("turbo"), ["run", "build", "--output-logs=errors-only"], { quiet: true }), "Building");
  // Where the native backend cannot be built, this says why in a sentence, and another backend is used.
  run(process.execPath, [join(root, "scripts", "native.mjs")]);
}
