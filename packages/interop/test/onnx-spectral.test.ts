import "@tensorflow/tfjs-backend-cpu";
import type { ModelSpec } from "@spectrai/core";
import { inceptionTime, linearStandardiser, rocketStack } from "@spectrai/models-spectral";
import { expect, it } from "vitest";
import { checkExport } from "./support/onnx.ts";

const spectrum = (points: number, output: ModelSpec["output"]): ModelSpec => ({
  task: "regression",
  data: "spectrum",
  input: [points],
  output,
});

it("inception-time, of spectra of any length", async () => {
  const options = { preset: "small", filters: 4, normalize: "spectrum" };
  const written = await checkExport(inceptionTime, options, spectrum(60, { kind: "class", classes: 3 }), [
    [1, 60],
    [3, 77],
  ]);
  expect(written.input.shape).toEqual(["batch", "points"]);
  expect(written.operations).not.toHaveProperty("Transpose");
});

it("inception-time with a mean and scale of each point, of spectra of one length", async () => {
  const options = { preset: "small", filters: 4 };
  const written = await checkExport(inceptionTime, options, spectrum(60, { kind: "numbers", count: 2 }), [
    [1, 60],
    [3, 60],
  ]);
  expect(written.input.shape).toEqual(["batch", 60]);
});

it("rocket-stack, of spectra of one length", async () => {
  const written = await checkExport(rocketStack, { features: 400 }, spectrum(60, { kind: "numbers", count: 2 }), [
    [1, 60],
    [3, 60],
  ]);
  expect(written.input.shape).toEqual(["batch", 60]);
});

for (const outPoints of [60, 41])
  it(`linear-standardiser, from 60 to ${outPoints} points`, async () => {
    const spec = { ...spectrum(60, { kind: "spectral", shape: [outPoints] }), task: "calibration" };
    const written = await checkExport(linearStandardiser, {}, spec, [
      [1, 60],
      [3, 60],
    ]);
    expect(written.output.shape).toEqual(["batch", outPoints]);
  });
