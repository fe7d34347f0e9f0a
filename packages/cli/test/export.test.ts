import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { spectrai, tinyFolder } from "./support/spectrai.ts";

type Json = Record<string, unknown>;

describe("spectrai export", () => {
  let folder: string;
  let run: string;
  beforeAll(async () => {
    folder = tinyFolder();
    const trained = await spectrai(folder, ["train", "--no-report", "--json"]);
    expect(trained.code, trained.stderr).toBe(0);
    run = ((JSON.parse(trained.stdout) as Json)["files"] as { folder: string }).folder;
  }, 60_000);

  it("writes a run as ONNX and says what the file takes and gives", async () => {
    const { code, stdout, stderr } = await spectrai(folder, ["export", run, "-o", "model.onnx", "--json"]);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("");
    const written = JSON.parse(stdout) as Json;
    expect(written).toMatchObject({
      file: "model.onnx",
      input: { name: "spectra", shape: ["batch", 32] },
      output: { name: "prediction", shape: ["batch", 32] },
      opset: 17,
      fixed: [{ axis: "points", points: 32 }],
      preprocessing: { steps: ["max-normalize"], inside: false },
    });
    expect(statSync(join(folder, "model.onnx")).size).toBe(written["size"]);
    // The producer's name is the second field of the file.
    expect(readFileSync(join(folder, "model.onnx")).subarray(0, 20).toString("latin1")).toContain("spectrai");
  });

  it("puts the preprocessing inside, and prints for a reader", async () => {
    const { code, stdout, stderr } = await spectrai(folder, [
      "export",
      run,
      "-o",
      "whole.onnx",
      "--with-preprocessing",
      "--opset",
      "21",
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Wrote whole\.onnx: [\d.]+ MB, opset 21, \d+ nodes of \d+ kinds\.\n/);
    expect(stdout).toContain(
      "Input: spectra [batch, 32], float32\nOutput: prediction [batch, 32], float32\nAny size: batch\n",
    );
    expect(stdout).toContain("Preprocessing inside: max-normalize\n");
  });

  it("replaces a file only where it is told to", async () => {
    await spectrai(folder, ["export", run, "-o", "twice.onnx"]);
    const again = await spectrai(folder, ["export", run, "-o", "twice.onnx"]);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("twice.onnx is already there; --force replaces it. [SPECTRAI_FILE_UNWRITABLE]");
    expect(await spectrai(folder, ["export", run, "-o", "twice.onnx", "--force"])).toMatchObject({ code: 0 });
  });

  it.each<[string, string[], RegExp]>([
    ["another ending", ["-o", "model.pt"], /model\.pt: an ONNX file ends in \.onnx\. \[SPECTRAI_USAGE\]/],
    ["an operator set there is not", ["-o", "a.onnx", "--opset", "9"], /opset 9 .*from 17 to 22\. \[SPECTRAI_USAGE\]/],
    ["a word for a number", ["-o", "a.onnx", "--opset", "new"], /from 17 to 22\. \[SPECTRAI_USAGE\]/],
  ])("refuses %s, and writes nothing", async (_, args, message) => {
    const { code, stderr } = await spectrai(folder, ["export", run, ...args]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, "a.onnx"))).toBe(false);
  });

  it("refuses a file that is no model", async () => {
    const { code, stderr } = await spectrai(folder, ["export", "nothing.safetensors"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("[SPECTRAI_FILE_NOT_FOUND]");
  });
});
