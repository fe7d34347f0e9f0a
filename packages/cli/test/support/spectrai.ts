import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export const root = fileURLToPath(new URL("../../../../", import.meta.url));
const command = join(root, "packages/cli/bin/spectrai.js");

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than the repository's spectrai. */
  readonly program?: readonly [string, ...string[]];
  /** Called with everything on stderr so far whenever there is more; what it returns is sent to the process. */
  readonly watch?: (stderr: string) => NodeJS.Signals | undefined;
  /** Asked every few milliseconds; the process is killed (`kill -9`) as soon as it says so. */
  readonly killWhen?: () => boolean;
  /** Milliseconds after which the process is killed, which fails the test. */
  readonly limit?: number;
}

/** Runs the command as a user does: a process of its own, in a folder. */
export function spectrai(folder: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [program, ...before] = options.program ?? [process.execPath, command];
  const start = performance.now();
  const child = spawn(program, [...before, ...args], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "", NODE_PATH: "", FORCE_COLOR: "0", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    const signal = options.watch?.(stderr);
    if (signal) child.kill(signal);
  });
  const limit = setTimeout(() => child.kill("SIGABRT"), options.limit ?? 50_000);
  const killer = setInterval(() => {
    if (options.killWhen?.()) child.kill("SIGKILL");
  }, 2);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      clearInterval(killer);
      resolve({ code, signal, stdout, stderr, seconds: (performance.now() - start) / 1000 });
    });
  });
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })), 60_000);

/** An empty folder outside the repository, removed when the test file is through. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "spectrai-cli-")));
  folders.push(folder);
  return folder;
}

/** A folder with these files, where the repository's packages are installed, and zod. */
export function workFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, "node_modules"));
  for (const [name, from] of [
    ["@spectrai", "node_modules"],
    ["@tensorflow", "node_modules"],
    ["zod", "packages/core/node_modules"],
  ] as const)
    symlinkSync(join(root, from, name), join(folder, "node_modules", name));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

type Config = Readonly<Record<string, unknown>>;

/** A run of a second: simulated spectra of 32 points, a small network, all the defaults that cost little. */
export const tinyConfig: Config = {
  plugins: [
    "@spectrai/io-formats",
    "@spectrai/datasets",
    "@spectrai/preprocess",
    "@spectrai/augment",
    "@spectrai/losses",
    "@spectrai/models-denoiser",
    "@spectrai/baselines",
    "@spectrai/backend-cpu",
    "@spectrai/tracking",
  ],
  task: "denoising",
  data: { name: "raman-pairs", samples: 24, points: 32, cellRows: 4 },
  split: { name: "block", test: 0.25, validation: 0.25 },
  model: { name: "spectral-denoiser", rank: 4, hidden: 8, channels: 0 },
  baselines: ["raw", "ridge"],
  train: { epochs: 2, minSteps: null, batchSize: 4 },
  backend: "cpu",
};

export const tiny = (changes: Config = {}): string => JSON.stringify({ ...tinyConfig, ...changes });

/** A folder with the tiny run's config. */
export const tinyFolder = (changes: Config = {}, files: Readonly<Record<string, string | Uint8Array>> = {}): string =>
  workFolder({ "spectrai.config.json": tiny(changes), ...files });
