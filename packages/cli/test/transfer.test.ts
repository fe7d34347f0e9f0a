import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { spectrai, tiny, tinyFolder } from "./support/spectrai.ts";

type Json = Record<string, unknown>;

/** A run's JSON, and what it said besides. */
async function json(folder: string, ...args: string[]): Promise<{ result: Json; said: string }> {
  const { code, stdout, stderr } = await spectrai(folder, [...args, "--json"]);
  expect(code, stderr).toBe(0);
  return { result: JSON.parse(stdout) as Json, said: stderr };
}

/** A spectrum of 70 points with its axis, in nm or cm-1. */
const csvOf = (axis: readonly number[]): string =>
  [axis.join(","), axis.map((_, i) => (1.5 + Math.sin(i / 7)).toFixed(4)).join(",")].join("\n");

describe("going on from a model file", () => {
  let folder: string;
  let from: Json;
  beforeAll(async () => {
    const shifts = Array.from({ length: 70 }, (_, i) => 490 + 19.5 * i);
    folder = tinyFolder({}, { "fine.csv": csvOf(shifts), "part.csv": csvOf(shifts.slice(0, 40)) });
    from = (await json(folder, "train")).result;
    copyFileSync((from["files"] as { model: string }).model, join(folder, "old.safetensors"));
    const config = JSON.parse(tiny()) as Json;
    delete config["model"];
    config["data"] = { ...(config["data"] as Json), points: 50 };
    writeFileSync(
      join(folder, "next.json"),
      JSON.stringify({ ...config, start: { from: "old.safetensors", freeze: ["*.encode.*"] } }),
    );
  }, 90_000);

  it("finds the file beside the config, resamples, and says from what it started in result, text, report and info", async () => {
    const { result } = await json(folder, "train", "-c", "next.json");
    expect(result).toMatchObject({
      model: { name: "spectral-denoiser", parameters: (from["model"] as Json)["parameters"] },
      data: { shape: [32], resampled: expect.stringMatching(/^resampled from 50 points .* to the model's 32 points/) },
      start: { from: "old.safetensors", head: "kept", preprocess: "kept", configHash: from["configHash"] },
    });
    const { sha256, frozen } = result["start"] as { sha256: string; frozen: string[] };
    expect(frozen.length).toBe(4);
    const files = result["files"] as { model: string; report: string };
    expect(readFileSync(files.report, "utf8")).toContain(
      `started from old.safetensors (SHA-256 ${sha256.slice(0, 12)}`,
    );
    const info = await spectrai(folder, ["info", files.model]);
    expect(info.stdout).toMatch(/Training started from old\.safetensors .* 4 parameters frozen/);
    expect(info.stdout).toMatch(/Layers: .*members\.0\.encode, /);
    const text = await spectrai(folder, ["evaluate", files.model]);
    expect(text.stdout).toMatch(/The spectra were resampled from 50 points/);
    expect(text.stdout).toMatch(/The network started from old\.safetensors/);
  }, 60_000);

  it("takes the section from --set, and refuses what is wrong in one sentence", async () => {
    const wrong = async (...set: string[]): Promise<string> => {
      const { code, stderr } = await spectrai(folder, [
        "train",
        "-c",
        "next.json",
        ...set.flatMap((s) => ["--set", s]),
      ]);
      expect(code, stderr).toBe(1);
      return stderr;
    };
    expect(await wrong("start.freeze=[encoder.*]")).toMatch(
      /start\.freeze\[0\]: no parameter's name matches "encoder\.\*"/,
    );
    expect(await wrong("start.from=nowhere")).toMatch(
      /start\.from: nowhere: there is no such model file or run folder/,
    );
    expect(await wrong("start.frm=x")).toMatch(/start\.frm: there is no such option\. Did you mean "from"/);
  }, 60_000);

  it("applies to spectra on another axis with a notice, and refuses those that do not cover the model's", async () => {
    const { result, said } = await json(
      folder,
      "apply",
      "old.safetensors",
      "fine.csv",
      "-o",
      "out",
      "--axis",
      "490:1835.5:cm-1",
    );
    expect((result["files"] as Json[])[0]!["resampled"]).toMatch(
      /from 70 points \(490–1835\.5 cm-1\) to the model's 32/,
    );
    expect(said).toMatch(/fine\.csv: resampled from 70 points/);
    const { code, stderr } = await spectrai(folder, [
      "apply",
      "old.safetensors",
      "part.csv",
      "-o",
      "out",
      "--axis",
      "490:1250:cm-1",
    ]);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/part\.csv: The data cover 490–1250 cm-1, but the model needs 500–1800 cm-1/);
  }, 60_000);
});
