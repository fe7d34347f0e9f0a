import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ByteSink, type FileContent, linearAxis, ndarray, SpectraiError, type Writer } from "@spectrai/core";
import { ramanPairs, ramanPairsSchema } from "@spectrai/datasets";
import { csvWriter, csvWriterSchema, matWriter, matWriterSchema } from "@spectrai/io-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { manifests } from "../../scripts/pages/plugins.mjs";
import { at, type Fence, fences, root } from "./support/fences.ts";
import { userFolder } from "./support/folder.ts";

const command = join(root, "packages", "cli", "bin", "spectrai.js");
const points = 64;
const torchFiles = JSON.parse(
  readFileSync(join(root, "packages/interop/test/support/torch-files.json"), "utf8"),
) as Record<string, string>;

/** Settings that keep a run of the pages to a second or two, by sequence. */
const quick = ["train.epochs=1", "train.minSteps=null", "train.batchSize=16", "data.points=64"];
const withoutPoints = quick.slice(0, -1);
const settings: Readonly<Record<string, readonly string[]>> = {
  readme: withoutPoints,
  guide: withoutPoints,
  classification: withoutPoints,
  datasets: withoutPoints,
  regression: withoutPoints,
  interop: withoutPoints,
  transfer: withoutPoints,
  hyperspectral: ["train.epochs=1", "data.perEpoch=16"],
  "cube-denoising": ["train.epochs=1", "data.perEpoch=16"],
  "cube-super-resolution": ["train.epochs=1", "data.perEpoch=16"],
};

/** Sequences that run on the best backend there is; the others keep to one that is everywhere. */
const anyBackend = new Set(["cube-super-resolution"]);

/** The configs of simulated images, which the commands of the guide are given beside. */
const imageConfigs = (): Record<string, Uint8Array> => {
  const folder = join(root, "examples", "hyperspectral");
  const names = readdirSync(folder).filter((name) => name.startsWith("simulated-"));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
};

async function bytesOf(writer: Writer | Promise<Writer>, content: FileContent): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const sink: ByteSink = { write: async (bytes) => void chunks.push(bytes.slice()) };
  await (await writer).write(content, sink, () => Promise.resolve(sink));
  return Buffer.concat(chunks);
}

/** The files that the guides speak of: paired matrices without an axis, tables with classes and numbers, a folder of new spectra, and a checkpoint of PyTorch. */
async function dataFiles(): Promise<Record<string, Uint8Array>> {
  const data = await ramanPairs.create(ramanPairsSchema.parse({ samples: 60, points, cellRows: 10 }), {});
  const [noisy, clean] = [new Float64Array(60 * points), new Float64Array(60 * points)];
  for (let i = 0; i < 60; i++) {
    const { input, target } = await data.read(i);
    if (target.kind !== "spectral") throw new SpectraiError("SPECTRAI_INTERNAL", "raman-pairs has spectral targets.");
    noisy.set(input.data, i * points);
    clean.set(target.value.data, i * points);
  }
  const mat = matWriter.create(matWriterSchema.parse({}), {});
  const csv = csvWriter.create(csvWriterSchema.parse({}), {});
  const matrix = (values: Float64Array): FileContent => ({
    variables: { spectra: ndarray(values, [values.length / points, points]) },
  });
  const axis = linearAxis(500, 1800, points, "cm-1");
  /** A table with other columns before the spectra. */
  const table = (columns: Readonly<Record<string, (row: number) => string | number>>): Uint8Array => {
    const others = Object.entries(columns);
    const lines = Array.from({ length: 60 }, (_, i) => [
      ...others.map(([, value]) => value(i)),
      ...noisy.subarray(i * points, (i + 1) * points),
    ]);
    return Buffer.from([[...others.map(([name]) => name), ...axis.values], ...lines].map((l) => l.join()).join("\n"));
  };
  return {
    // Every sample was measured twice.
    "meats.csv": table({
      meat: (i) => (Math.floor(i / 2) % 3 === 0 ? "pork" : "chicken"),
      sample: (i) => Math.floor(i / 2),
    }),
    "corn.csv": table({ moisture: (i) => 10 + noisy[i * points]!, protein: (i) => 80 - noisy[i * points + 5]! }),
    "noisy.mat": await bytesOf(mat, matrix(noisy)),
    "clean.mat": await bytesOf(mat, matrix(clean)),
    "new/monday.csv": await bytesOf(csv, { ...matrix(noisy.slice(0, 3 * points)), axis }),
    "old.pt": Buffer.from(torchFiles["small-unet"]!, "base64"),
    "mirror/indian-pines/Indian_pines_corrected.mat": await bytesOf(mat, {
      variables: { indian_pines_corrected: ndarray(noisy, [6, 10, points]) },
    }),
    "mirror/Indian_pines_gt.mat": await bytesOf(mat, {
      variables: {
        indian_pines_gt: ndarray(
          Uint8Array.from({ length: 60 }, (_, i) => i % 17),
          [6, 10],
        ),
      },
    }),
    ...imageConfigs(),
    "new/tuesday.mat": await bytesOf(mat, matrix(noisy.slice(0, 5 * points))),
  };
}

/** A bash function in place of the command: this repository's, with the settings that make a run short. */
const shell = (name: string): string => {
  const extra = [
    ...(settings[name] ?? quick),
    ...(anyBackend.has(name) ? [] : ['backend={"name":"wasm","threads":1}']),
  ];
  return `set -eu
    spectrai() {
      local name="$1"; shift
      if [ "$name" = train ] || [[ " $* " = *" --kfold "* ]]; then set -- "$@" ${extra.map((e) => `--set '${e}'`).join(" ")}; fi
      "${process.execPath}" "${command}" "$name" "$@"
    }
    npx() { "$@"; }
    node() { "${process.execPath}" "$@"; }
  `;
};

/** The run that the pages speak of is the one that was just made. */
const exampleRun = /runs\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\w+/g;
const newestRun = "runs/$(ls runs | tail -n 1)";

function bash(folder: string, script: string): Promise<{ code: number | null; output: string }> {
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const limit = setTimeout(() => child.kill("SIGKILL"), 50_000);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ code, output });
    });
  });
}

/** What a block does to its sequence's folder. */
async function follow(fence: Fence, name: string, folder: string): Promise<void> {
  const { save, merge } = fence.directives;
  if (save) return writeFileSync(join(folder, save.slice(name.length + 1)), fence.code);
  if (merge) {
    const path = join(folder, merge.slice(name.length + 1));
    const [before] = readFileSync(path, "utf8").split(/^(?=task:)/m);
    return writeFileSync(path, before + fence.code);
  }
  const script = fence.code.replaceAll(exampleRun, newestRun).replace("--kfold 5 --repeat 3", "--kfold 2 --repeat 2");
  const { code, output } = await bash(folder, shell(name) + script);
  expect(code, `${at(fence)}\n${script}\n${output}`).toBe(0);
}

const nameOf = ({ directives: { run, save, merge } }: Fence): string | undefined =>
  run ?? (save ?? merge)?.split("/")[0];

/** What must be there when all commands of a sequence are done. */
const results: Readonly<Record<string, readonly string[]>> = {
  classification: ["spectrai.config.yml", "classes/predictions.csv"],
  datasets: ["sets/indian-pines/Indian_pines_gt.mat", "scene.hdr", "scene_labels.dat"],
  regression: ["values/predictions.csv"],
  readme: ["preview.html", "denoised/monday.csv", "denoised/tuesday.csv"],
  guide: ["spectrai.schema.json", "preview.html", "denoised/monday.csv", "denoised-too/tuesday.mat"],
  config: ["preview.html", "spectrai-completion.sh"],
  interop: ["spectrai.config.yml", "old.safetensors", "denoised/monday.csv", "denoised/tuesday.csv"],
  reproducibility: ["first.json", "second.json"],
  hyperspectral: [
    "split.png",
    "scene.hdr",
    "maps/scene.tif",
    "maps/scene.probability.tif",
    "maps/scene.png",
    "maps/scene.legend.png",
  ],
  "cube-denoising": [],
  "cube-super-resolution": [],
  transfer: ["simulated.safetensors"],
};

describe("the commands of the pages, one after the other", () => {
  let files: Record<string, Uint8Array> = {};
  beforeAll(async () => {
    files = await dataFiles();
  });

  const sequences = [...new Set(fences.map(nameOf).filter((n) => n !== undefined))];
  it("are those that results are known of", () => expect(sequences.sort()).toEqual(Object.keys(results).sort()));

  it.each(sequences)(
    "%s",
    async (name) => {
      const folder = userFolder(files);
      for (const fence of fences) if (nameOf(fence) === name) await follow(fence, name, folder);
      for (const path of results[name]!)
        expect(readdirSync(join(folder, path, ".."))).toContain(path.split("/").at(-1));
      for (const run of readdirSync(join(folder, "runs")))
        expect(readdirSync(join(folder, "runs", run))).toEqual(
          expect.arrayContaining([
            "best.safetensors",
            "model.safetensors",
            "config.resolved.json",
            "report.html",
            "result.json",
          ]),
        );
    },
    120_000,
  );
});

describe("the commands that are not run", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
  const lines = fences.flatMap((f) =>
    f.language === "sh" && f.directives["norun"] !== undefined
      ? f.code.split("\n").map((l) => [at(f), l] as const)
      : [],
  );
  it.each(lines)("%s: %s names what there is", async (_, line) => {
    const words = line.split(" ").filter((word) => !/^[A-Z_]+=/.test(word));
    // npx finds the command of the project's own packages.
    const [program, first, ...rest] = words[0] === "npx" && words[1] === "spectrai" ? words.slice(1) : words;
    if (program === "npm" && first === "install")
      for (const word of rest.filter((w) => !w.startsWith("-") && w.startsWith("@spectrai/")))
        expect(manifests.map((m) => m.name)).toContain(word);
    else if (program === "npm") expect(scripts).toHaveProperty([first === "run" ? rest[0]! : first!]);
    else if (program === "spectrai") {
      const { code, output } = await bash(root, `${shell("")}spectrai ${first} --help`);
      expect(code).toBe(0);
      for (const flag of rest.filter((w) => w.startsWith("--"))) expect(output).toContain(flag);
      const config = rest[rest.indexOf("--config") + 1];
      if (rest.includes("--config")) expect(existsSync(join(root, config!)), config).toBe(true);
    } else if (program === "npx") {
      const { code, output } = await bash(root, `${shell("")}${rest[0]!.replace("train", "spectrai train")} --help`);
      expect(code).toBe(0);
      for (const flag of rest.filter((w) => w.startsWith("--"))) expect(output).toContain(flag);
    } else expect(program).toBe("tensorboard");
  });
});
