import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorFromSystem, makeFolder } from "@spectrai/core/node";
import { type ChildResult, runNode } from "../child.ts";
import { cli } from "../paths.ts";
import type { Agreement } from "./agreement.ts";
import { trainingConfig } from "./config.ts";
import type { LargeCubeOptions } from "./options.ts";
import { forget, shareInMemory } from "./page-cache.ts";
import type { Reading } from "./read.ts";
import { sceneFiles } from "./scene.ts";

/** What a process did, and its largest memory. */
interface Step<T> {
  readonly result: T;
  readonly seconds: number;
  /** 10⁶ bytes. */
  readonly peakMegabytes: number;
}

export interface Timing extends Step<Reading> {
  /** The share of the file that lay in the system's memory before; null where the system does not tell. */
  readonly inMemory: number | null;
}

export interface LargeCubeFigures {
  readonly options: LargeCubeOptions;
  readonly bytes: number;
  readonly scene: Step<boolean>;
  /** The file was forgotten by the system before the first of each, which leaves what the next finds in memory. */
  readonly plain: { readonly cold: Timing; readonly warm: Timing };
  readonly patches: { readonly cold: Timing; readonly warm: Timing };
  readonly train: Step<TrainResult>;
  readonly apply: Step<ApplyResult>;
  readonly agreement: Step<Agreement>;
}

interface TrainResult {
  readonly backend: { readonly name: string };
  readonly model: { readonly parameters: number };
  readonly metrics: Readonly<Record<string, number>>;
  readonly training: { readonly steps: number };
  readonly seconds: { readonly training: number };
  readonly files: Readonly<Record<string, string>>;
}

interface ApplyResult {
  readonly files: readonly { readonly output: string }[];
}

/** A step that takes longer has gone wrong. */
const LIMIT_SECONDS = 3600;

const worker = fileURLToPath(new URL("./worker.js", import.meta.url));

async function run<T>(what: string, args: readonly string[], tell: (line: string) => void): Promise<Step<T>> {
  tell(`${what} …`);
  const child: ChildResult = await runNode(args, { measureMemory: true, seconds: LIMIT_SECONDS });
  if (child.status !== 0 || child.peakMegabytes === undefined)
    throw new Error(
      `${what}: ${child.status === null ? `stopped after ${child.seconds.toFixed(0)} s` : `failed with status ${child.status}`}: ${child.stderr}${child.stdout}`,
    );
  tell(`${what}: ${child.seconds.toFixed(1)} s, ${child.peakMegabytes.toFixed(0)} MB`);
  return { result: JSON.parse(child.stdout) as T, seconds: child.seconds, peakMegabytes: child.peakMegabytes };
}

/** Runs all steps, each in a process of its own. What is trained and written is removed; the scene stays. */
export async function measureLargeCube(
  options: LargeCubeOptions,
  tell: (line: string) => void,
): Promise<LargeCubeFigures> {
  const { folder } = options;
  const { image, bytes } = sceneFiles(options);
  await makeFolder(folder).catch((e: unknown) => {
    throw errorFromSystem(e, folder, "write");
  });
  const work = <T>(what: string, step: string, ...more: string[]): Promise<Step<T>> =>
    run<T>(what, [worker, step, JSON.stringify(options), ...more], tell);
  const timed = async (what: string, step: "plain" | "patches"): Promise<Timing> => {
    const inMemory = shareInMemory(image, bytes) ?? null;
    return { ...(await work<Reading>(what, step)), inMemory };
  };
  const scene = await work<boolean>("the scene", "scene");
  if (!forget(image))
    tell("The system cannot be asked to forget the file, so that cold readings may come from its memory.");
  const patchesCold = await timed("patches, cold", "patches");
  forget(image);
  const plain = {
    cold: await timed("plain reading, cold", "plain"),
    warm: await timed("plain reading, warm", "plain"),
  };
  const patches = { cold: patchesCold, warm: await timed("patches, warm", "patches") };
  const output = await mkdtemp(join(folder, "run-"));
  try {
    const config = join(output, "large-cube.config.json");
    await writeFile(config, JSON.stringify(trainingConfig(options), null, 2));
    const train = await run<TrainResult>(
      "spectrai train",
      [cli, "train", "--config", config, "--output", join(output, "runs"), "--json"],
      tell,
    );
    const tile = options.tile === undefined ? [] : ["--tile", String(options.tile)];
    const classified = join(output, "classified");
    const apply = await run<ApplyResult>(
      "spectrai apply",
      [cli, "apply", train.result.files["model"]!, image, "--output", classified, "--format", "dat", "--json", ...tile],
      tell,
    );
    const predicted = join(classified, basename(apply.result.files[0]!.output));
    const compared = await work<Agreement>("the labels", "agreement", predicted);
    return { options, bytes, scene, plain, patches, train, apply, agreement: compared };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}
