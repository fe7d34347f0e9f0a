import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {
  axisToJson,
  buildModel,
  countParameters,
  createComponent,
  downloadTensors,
  encodeModelFile,
  type JsonObject,
  loadModel,
  type LoadedModel,
  type ModelCard,
  type ModelSpec,
  normalizeRef,
  parameterTensors,
  Pipeline,
  readOutput,
  readoutOf,
  resolveRef,
  spectralArray,
  type SpectralArray,
  type Workbench,
} from "@spectrai/core";
import { exampleCube, exampleSpectrum, expectAllClose } from "@spectrai/testing";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { modelToOnnx, type ModelOnnxOptions } from "../src/onnx/model-to-onnx.ts";
import { openBench } from "./support/bench.ts";
import { metadataOf } from "./support/onnx-file.ts";
import { tolerance } from "./support/onnx.ts";

let bench: Workbench;
beforeAll(async () => {
  await tf.ready();
  bench = await openBench();
});

interface Made {
  readonly model: JsonObject;
  readonly preprocess: readonly JsonObject[];
  readonly output: ModelSpec["output"] | "as the input";
  readonly samples: readonly SpectralArray[];
  readonly card?: Partial<ModelCard>;
}

/** A model file as a run would write it, with random weights, loaded. */
async function load({ model, preprocess, output, samples, card = {} }: Made): Promise<LoadedModel> {
  const refs = preprocess.map((ref) =>
    resolveRef(bench.registry, "transform", normalizeRef(ref, "preprocess"), "here"),
  );
  const pipeline = await Pipeline.create(refs, bench.services);
  const fitted = samples.map((x, i) => ({ id: `${i}`, group: `${i}`, input: x, target: { kind: "none" as const } }));
  pipeline.applyToAll(fitted, () => true);
  const prepared = fitted[0]!.input;
  const data = prepared.shape.length === 1 ? "spectrum" : "cube";
  const input = prepared.shape;
  const spec: ModelSpec = {
    task: "denoising",
    data,
    input,
    output: output === "as the input" ? { kind: "spectral", shape: input } : output,
  };
  const ref = resolveRef(bench.registry, "model", normalizeRef(model, "model"), "here");
  const network = buildModel(await createComponent(ref, bench.services), spec, 1);
  const bytes = encodeModelFile({
    card: {
      format: 1,
      task: "denoising",
      model: { ref: model as never, plugin: ref.plugin, spec: spec as never, parameters: countParameters(network) },
      preprocess: pipeline.save() as never,
      inputAxis: axisToJson(samples[0]!.axis) as never,
      axis: axisToJson(prepared.axis) as never,
      target: { kind: spec.output.kind },
      split: {},
      metrics: {},
      versions: { "@spectrai/core": "0.1.0" },
      config: {},
      configHash: "",
      ...card,
    },
    parameters: await downloadTensors(parameterTensors(network)),
  });
  network.dispose();
  return loadModel(bench, bytes, "model.safetensors");
}

/** What `spectrai apply` gives for a sample. */
function applied({ pipeline, model, card, axis }: LoadedModel, sample: SpectralArray): ArrayLike<number> {
  const { x, before } = pipeline.applyToInput(sample);
  const y = tf.tidy(() => {
    const batch = tf.tensor(Float32Array.from(x.data), [1, ...x.shape]);
    const out = model.apply(batch, { training: false, seed: 0, update: () => undefined });
    return { data: out.dataSync(), shape: out.shape.slice(1) };
  });
  const read = readOutput(y as never, readoutOf(card));
  if (card.model.spec.output.kind !== "spectral") return read.data;
  return pipeline.inverse(spectralArray(Float64Array.from(read.data), read.shape, axis), before).data;
}

async function expectApplied(
  loaded: LoadedModel,
  samples: readonly SpectralArray[],
  options: ModelOnnxOptions,
): Promise<Record<string, string>> {
  const { bytes, input, output } = modelToOnnx(loaded, options);
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const values = Float32Array.from(samples.flatMap((x) => [...x.data]));
  const result = await session.run({
    [input.name]: new Tensor("float32", values, [samples.length, ...samples[0]!.shape]),
  });
  expectAllClose(
    result[output.name]!.data as Float32Array,
    samples.flatMap((x) => [...(applied(loaded, x) as Float64Array)]),
    { rtol: tolerance },
  );
  await session.release();
  return metadataOf(bytes);
}

const reversed = (x: SpectralArray): SpectralArray => spectralArray(x.data.toReversed(), x.shape, x.axis);
const spectra = [exampleSpectrum(), reversed(exampleSpectrum())];
const cubes = [exampleCube(), reversed(exampleCube())];

describe("preprocessing inside the file", () => {
  for (const preprocess of [
    [{ name: "max-normalize" }],
    [{ name: "savitzky-golay", window: 7, derivative: 1 }, { name: "snv" }],
    [{ name: "crop", start: 700, stop: 1500 }, { name: "polynomial", order: 3 }, { name: "area-normalize" }],
    [{ name: "resample", points: 47, method: "cubic" }, { name: "msc" }],
    [{ name: "pad", toMultipleOf: 16, side: "both" }, { name: "min-max-normalize" }],
    [{ name: "whittaker" }, { name: "minimum" }, { name: "vector-normalize" }],
    [
      { name: "fit-length", length: 50 },
      { name: "resample", start: 1500, stop: 700, points: 50 },
    ],
  ])
    it(`gives for spectra what apply gives: ${preprocess.map((p) => p.name).join(", ")}`, async () => {
      const loaded = await load({
        model: { name: "unet", width: 3, depth: 2, norm: "none" },
        preprocess: preprocess as unknown as JsonObject[],
        output: "as the input",
        samples: spectra,
      });
      const metadata = await expectApplied(loaded, spectra, { withPreprocessing: true });
      expect(JSON.parse(metadata["spectrai.input_axis"]!)).toEqual(axisToJson(spectra[0]!.axis));
      expect(metadata["spectrai.preprocessing_inside"]).toBe("true");
      loaded.model.dispose();
    });

  it("gives for cubes what apply gives, of any height and width", async () => {
    const loaded = await load({
      model: { name: "unet", width: 3, depth: 1 },
      preprocess: [{ name: "crop", start: 700 }, { name: "snv" }, { name: "max-normalize", per: "cube" }],
      output: "as the input",
      samples: cubes,
    });
    await expectApplied(loaded, cubes, { withPreprocessing: true });
    expect(modelToOnnx(loaded, { withPreprocessing: true }).input.shape).toEqual(["batch", "height", "width", 60]);
    loaded.model.dispose();
  });

  it("names the step that has no such form, and says what to do", async () => {
    const loaded = await load({
      model: { name: "unet", width: 3, depth: 1 },
      preprocess: [{ name: "snv" }, { name: "asls" }],
      output: "as the input",
      samples: spectra,
    });
    expect(() => modelToOnnx(loaded, { withPreprocessing: true })).toThrow(
      /step asls .*export without the preprocessing/,
    );
    expect(() => modelToOnnx(loaded)).not.toThrow();
    loaded.model.dispose();
  });
});

describe("what the file gives", () => {
  it("is numbers in their units", async () => {
    const loaded = await load({
      model: { name: "resnet", width: 3 },
      preprocess: [],
      output: { kind: "numbers", count: 2 },
      samples: spectra,
      card: {
        target: { kind: "numbers", names: ["fat", "protein"], units: ["%", "g"] },
        readout: { scale: { mean: [100, -3], sd: [5, 0.1] } },
      },
    });
    const metadata = await expectApplied(loaded, spectra, {});
    expect(JSON.parse(metadata["spectrai.value_names"]!)).toEqual(["fat", "protein"]);
    expect(JSON.parse(metadata["spectrai.value_units"]!)).toEqual(["%", "g"]);
    loaded.model.dispose();
  });

  it("is logits at their temperature, or probabilities", async () => {
    const loaded = await load({
      model: { name: "resnet", width: 3 },
      preprocess: [{ name: "snv" }],
      output: { kind: "class", classes: 3 },
      samples: spectra,
      card: { target: { kind: "class", classes: ["a", "b", "c"] }, readout: { temperature: 2.5 } },
    });
    const metadata = await expectApplied(loaded, spectra, { withPreprocessing: true });
    expect(metadata).toMatchObject({ "spectrai.task": "denoising", "spectrai.model": "resnet" });
    expect(JSON.parse(metadata["spectrai.classes"]!)).toEqual(["a", "b", "c"]);
    expect(JSON.parse(metadata["spectrai.preprocessing"]!)).toMatchObject([{ ref: { name: "snv" } }]);
    expect(JSON.parse(metadata["spectrai.versions"]!)).toEqual({ "@spectrai/core": "0.1.0" });

    const written = modelToOnnx(loaded, { withPreprocessing: true, probabilities: true });
    const session = await InferenceSession.create(written.bytes, { intraOpNumThreads: 1 });
    const given = new Tensor("float32", Float32Array.from(spectra[0]!.data), [1, 60]);
    const { probabilities } = await session.run({ spectra: given });
    const logits = [...(applied(loaded, spectra[0]!) as Float64Array)];
    const sum = logits.reduce((s, v) => s + Math.exp(v), 0);
    expectAllClose(
      probabilities!.data as Float32Array,
      logits.map((v) => Math.exp(v) / sum),
      { rtol: tolerance },
    );
    await session.release();
    loaded.model.dispose();
  });

  it("takes the axis after the preprocessing where that is not inside", async () => {
    const loaded = await load({
      model: { name: "unet", width: 3, depth: 1 },
      preprocess: [{ name: "crop", start: 700, stop: 1500 }],
      output: "as the input",
      samples: spectra,
    });
    const metadata = metadataOf(modelToOnnx(loaded).bytes);
    const axis = JSON.parse(metadata["spectrai.input_axis"]!) as { unit: string; values: number[] };
    expect(axis.unit).toBe("cm-1");
    expect(axis.values.every((v) => v >= 700 && v <= 1500)).toBe(true);
    expect(metadata["spectrai.output_axis"]).toBe(metadata["spectrai.input_axis"]);
    expect(metadata["spectrai.preprocessing_inside"]).toBe("false");
    loaded.model.dispose();
  });
});

for (const opset of [17, 18, 19, 20, 21, 22])
  it(`writes operator set ${opset}`, async () => {
    const loaded = await load({
      model: { name: "unet", width: 3, depth: 1, norm: "group" },
      preprocess: [{ name: "snv" }, { name: "min-max-normalize" }],
      output: { kind: "class", classes: 3 },
      samples: spectra,
    });
    await expectApplied(loaded, spectra, { withPreprocessing: true, opset });
    loaded.model.dispose();
  });

it("refuses operator sets it cannot write", async () => {
  const loaded = await load({
    model: { name: "unet", width: 2, depth: 1 },
    preprocess: [],
    output: "as the input",
    samples: spectra,
  });
  for (const opset of [16, 23, 17.5, NaN])
    expect(() => modelToOnnx(loaded, { opset })).toThrow(/choose one from 17 to 22/);
  loaded.model.dispose();
});

it("leaves tensors and tfjs's backend as they were", async () => {
  const loaded = await load({
    model: { name: "unet", width: 2, depth: 1 },
    preprocess: [{ name: "snv" }],
    output: "as the input",
    samples: spectra,
  });
  const before = { tensors: tf.memory().numTensors, backend: tf.getBackend() };
  modelToOnnx(loaded, { withPreprocessing: true });
  expect({ tensors: tf.memory().numTensors, backend: tf.getBackend() }).toEqual(before);
  loaded.model.dispose();
});
