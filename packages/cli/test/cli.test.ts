import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { csv, npy, peak } from "./support/files.ts";
import { complaints } from "./support/json-schema.ts";
import { emptyFolder, spectrai, tiny, tinyConfig, tinyFolder, workFolder } from "./support/spectrai.ts";

type Json = Record<string, unknown>;

/** Runs with `--json` and gives the one object on stdout. Nothing else may be there, and nothing on stderr. */
async function json(folder: string, ...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await spectrai(folder, [...args, "--json"]);
  expect(code, stderr).toBe(0);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^[[{][^\n]*\n$/);
  expect(stdout, "JSON has no such numbers").not.toMatch(/NaN|Infinity/);
  return JSON.parse(stdout) as Json;
}

/** A table on the axis of the tiny run's spectra. */
const onAxis = (rows: number): string => csv(rows, 32, peak, (i) => 500 + (1300 * i) / 31);

describe("a finished run", () => {
  let folder: string;
  let result: Json;
  let run: string;
  beforeAll(async () => {
    folder = tinyFolder({}, { "new.npy": npy([5, 32], peak), "many/a.csv": onAxis(2), "many/b.csv": onAxis(1) });
    result = await json(folder, "train");
    run = (result["files"] as { folder: string }).folder;
  }, 60_000);

  it("tells everything in one object", () => {
    expect(result).toMatchObject({
      task: "denoising",
      backend: { name: "cpu" },
      model: { name: "spectral-denoiser", parameters: expect.any(Number) },
      split: { name: "block", train: expect.any(Number), validation: expect.any(Number), test: 6, leak: 0 },
      metrics: { mse: expect.any(Number), mae: expect.any(Number), psnr: expect.any(Number), sam: expect.any(Number) },
      baselines: { raw: { metrics: { mse: expect.any(Number) } }, ridge: { metrics: { mse: expect.any(Number) } } },
      training: { epochs: 2, ended: "finished" },
      seconds: { total: expect.any(Number) },
      seed: 1,
    });
    for (const path of Object.values(result["files"] as Record<string, string>))
      expect(existsSync(path), path).toBe(true);
    const report = readFileSync(join(run, "report.html"), "utf8");
    expect(report, "one page, complete in itself").not.toMatch(/(src|href)=["']?(https?:)?\/\//);
    expect(readdirSync(run).filter((name) => name.includes(".tmp"))).toEqual([]);
  });

  it("evaluates to what training found", async () => {
    for (const named of [[], [run], [join(run, "best.safetensors")]]) {
      const evaluated = await json(folder, "evaluate", ...named);
      expect(evaluated["metrics"]).toEqual(result["metrics"]);
      const scores = (r: Json): unknown[] =>
        Object.values(r["baselines"] as Record<string, Json>).map((b) => b["metrics"]);
      expect(scores(evaluated)).toEqual(scores(result));
    }
  });

  it("applies to files, folders and globs, in every format", async () => {
    const applied = await json(folder, "apply", run, "new.npy", "-o", "out");
    expect(applied).toMatchObject({ task: "denoising", backend: "cpu", samples: 5 });
    expect(statSync(join(folder, "out/new.npy")).size).toBe(128 + 4 * 5 * 32);
    expect(existsSync(join(folder, "out/new.axis.npy"))).toBe(true);
    for (const format of ["mat", "csv"])
      for (const input of ["many", "many/*.csv"]) {
        const { files, samples } = await json(folder, "apply", run, input, "-o", `out-${format}`, "--format", format);
        expect(samples).toBe(3);
        expect((files as { output: string }[]).map((f) => f.output)).toEqual(
          ["a", "b"].map((name) => expect.stringMatching(new RegExp(`out-${format}/(many/)?${name}\\.${format}$`))),
        );
        for (const { output } of files as { output: string }[]) expect(statSync(output).size).toBeGreaterThan(100);
      }
  });

  it("is described", async () => {
    expect(await json(folder, "info", join(run, "best.safetensors"))).toMatchObject({
      task: "denoising",
      inputAxis: { unit: "cm-1", points: 32 },
      preprocess: [{ ref: { name: "max-normalize" } }],
    });
  });

  it("says nothing but the result when it is to be quiet, and its progress when not", async () => {
    const quiet = await spectrai(folder, ["evaluate", "-q"]);
    expect(quiet).toMatchObject({ code: 0, stderr: "" });
    expect(quiet.stdout).toMatch(/on test\s+mse\s+mae.*\n.*\nspectral-denoiser\s/);
    const loud = await spectrai(folder, ["train", "--no-report", "-o", "again"]);
    expect(loud.code).toBe(0);
    expect(loud.stderr).toMatch(/^Backend cpu .*\nTraining spectral-denoiser \([\d,]+ parameters\) on \d+ samples/m);
    expect(loud.stdout).not.toContain("NaN");
    expect(loud.stdout + loud.stderr, "no terminal codes in a pipe").not.toContain("\u001b");
  });

  it("is the same run with the same seed, and another with another", async () => {
    const again = await json(folder, "train", "--no-report", "-o", "again");
    expect(again["metrics"]).toEqual(result["metrics"]);
    const other = await json(folder, "train", "--no-report", "-o", "again", "--set", "seed=2");
    expect(other["metrics"]).not.toEqual(result["metrics"]);
  });
});

describe("a config", () => {
  it("is written by init, accepted by its schema, and trains", async () => {
    const folder = workFolder();
    const written = await json(folder, "init");
    const text = readFileSync(written["config"] as string, "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./spectrai.schema.json");
    const schema = JSON.parse(readFileSync(join(folder, "spectrai.schema.json"), "utf8")) as unknown;
    const config = parse(text) as Json;
    expect(complaints(schema, config)).toEqual([]);
    // The schema knows what the plugins know: their options, bounds and names.
    expect(complaints(schema, { ...tinyConfig, $schema: "x" })).toEqual([]);
    expect(complaints(schema, { ...config, modle: "unet" })).toEqual(["config.modle may not be there"]);
    expect(complaints(schema, { ...config, train: { epochs: -1 } })).toEqual(["config.train.epochs: is below 0"]);
    expect(complaints(schema, { ...config, data: { name: "raman-pairs", points: 4 } })).toHaveLength(1);
    expect(complaints(schema, { ...config, loss: "mze" })).toHaveLength(1);

    const small = ["data.samples=24", "data.points=32", "train.epochs=1", "train.minSteps=1", 'model={"channels":0}'];
    const trained = await json(folder, "train", "--no-report", ...small.flatMap((s) => ["--set", s]));
    expect(trained).toMatchObject({ task: "denoising", model: { name: "spectral-denoiser" }, data: { samples: 24 } });

    const again = await spectrai(folder, ["init", "-q"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("--force");
    expect(readFileSync(written["config"] as string, "utf8")).toBe(text);
  });

  it.each([
    ["spectrai.config.mjs", `export default ${tiny()};`],
    ["spectrai.config.ts", `const config: { task: string } = ${tiny()};\nexport default config;`],
    ["spectrai.config.js", `export default ${tiny()};`],
    ["spectrai.config.yaml", tiny()],
  ])("is found as %s, from a folder below, too", async (name, content) => {
    const folder = workFolder({ [name]: content, "below/empty.txt": "" });
    const { split, samples } = await json(join(folder, "below"), "preview", "-n", "1", "--set", "data.samples=12");
    expect(split).toMatchObject({ test: 3 });
    expect(samples).toHaveLength(1);
  });

  it("has any of its values set from the command line", async () => {
    const folder = tinyFolder();
    const set = [
      "seed=7",
      "train.epochs=1",
      "train.optimizer.name=sgd",
      "metrics=[mse, { name: mae }]",
      "baselines=[]",
      "output=there",
    ];
    const trained = await json(folder, "train", "--no-report", ...set.flatMap((s) => ["-s", s]));
    expect(trained).toMatchObject({ seed: 7, training: { epochs: 1 }, baselines: {} });
    const { folder: run } = trained["files"] as { folder: string };
    expect(run).toContain(join(folder, "there"));
    const { config, provenance } = JSON.parse(readFileSync(join(run, "config.resolved.json"), "utf8")) as Json;
    expect(config).toMatchObject({
      train: { optimizer: { name: "sgd" } },
      metrics: [{ name: "mse" }, { name: "mae" }],
    });
    expect(JSON.stringify(provenance)).toMatch(/"seed":"flag"/);
  });
});

describe("other commands", () => {
  it("preview draws in the terminal, as a page and as a picture", async () => {
    const folder = tinyFolder();
    const drawn = await spectrai(folder, ["preview", "-n", "1", "-q"]);
    expect(drawn).toMatchObject({ code: 0, stderr: "" });
    expect(drawn.stdout.split("\n").length).toBeGreaterThan(5);
    await json(folder, "preview", "-n", "2", "--html", "p.html", "--png", "p.png");
    expect(readFileSync(join(folder, "p.html"), "utf8")).toMatch(/^<!doctype html>[^]*<svg/i);
    expect(readFileSync(join(folder, "p.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  it("plugins, doctor and info list what there is", async () => {
    const folder = tinyFolder();
    const { plugins } = (await json(folder, "plugins")) as { plugins: { name: string; components: Json[] }[] };
    expect(plugins.map((p) => p.name).sort()).toEqual(
      ["@spectrai/core", ...(tinyConfig["plugins"] as string[])].sort(),
    );
    for (const { components } of plugins)
      for (const c of components) expect(c["summary"], c["name"] as string).toMatch(/\.$/);
    const { backends } = (await json(folder, "doctor")) as { backends: Json[] };
    expect(backends).toContainEqual(expect.objectContaining({ name: "cpu", available: true, difference: 0 }));
    for (const b of backends) if (b["available"]) expect(b["difference"]).toBeLessThan(1e-4);
    const [info] = (await json(folder, "info", "raman-pairs")) as unknown as Json[];
    expect(info).toMatchObject({ kind: "dataset", options: { properties: { samples: { minimum: 1 } } } });
    writeFileSync(join(folder, "x.csv"), csv(4, 30));
    expect(await json(folder, "info", "x.csv")).toMatchObject({
      variables: [{ name: "axis" }, { name: "spectra", shape: [4, 30] }],
    });
  });

  it("completes commands and options, and prints a script for the shell", async () => {
    const folder = emptyFolder();
    const complete = async (...words: string[]): Promise<string> => {
      const { code, stdout } = await spectrai(folder, ["complete", ...words]);
      expect(code).toBe(0);
      return stdout;
    };
    expect(await complete("--", "tr")).toMatch(/^train\t/m);
    expect(await complete("--", "train", "--")).toMatch(/^--resume\t/m);
    for (const shell of ["bash", "zsh", "fish"]) expect(await complete(shell)).toContain("spectrai");
  });

  it("help and version come without core, TensorFlow.js or a plugin", async () => {
    const hook = `import { writeSync } from "node:fs"; export const load = (url, context, next) => (writeSync(2, url + "\\n"), next(url, context));`;
    const register = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(register)}` };
    for (const flag of ["--help", "--version"]) {
      const { code, stdout, stderr } = await spectrai(emptyFolder(), [flag], { env });
      expect(code).toBe(0);
      expect(stdout).toMatch(flag === "--help" ? /Usage: spectrai[^]*train[^]*doctor/ : /^\d+\.\d+\.\d+\n$/);
      const loaded = stderr.split("\n").filter((url) => url.startsWith("file:"));
      expect(loaded.length, "the hook sees what is loaded").toBeGreaterThan(3);
      expect(loaded.filter((url) => /tensorflow|tsyringe|zod|jiti|cosmiconfig|packages\/core/.test(url))).toEqual([]);
    }
    const none = await spectrai(emptyFolder(), []);
    expect(none.code).toBe(2);
  });
});
