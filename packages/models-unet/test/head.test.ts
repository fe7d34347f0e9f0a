import "@tensorflow/tfjs-backend-cpu";
import { type Component, type Model, type ModelCard, type ModelSpec, ndarray, type NdArray, rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { headIsNew, loadKept } from "../../core/src/transfer/head.ts";
import { deeperResunet, deeperResunetSchema, resunet, resunetSchema, unet, unetSchema } from "../src/index.ts";

const schemas = { unet: unetSchema, resunet: resunetSchema, "deeper-resunet": deeperResunetSchema };

async function build(component: Component<"model">, options: object, spec: ModelSpec, seed: number): Promise<Model> {
  const parsed = schemas[component.name as keyof typeof schemas].parse(options);
  return (await component.create(parsed as never, {} as never)).build(spec, rng("head", seed));
}

const spectra = (points: number, output: ModelSpec["output"] = { kind: "spectral", shape: [points] }): ModelSpec => ({
  task: output.kind === "spectral" ? "denoising" : "classification",
  data: "spectrum",
  input: [points],
  output,
});
const cubes = (output: ModelSpec["output"]): ModelSpec => ({ task: "any", data: "cube", input: [8, 8, 4], output });

/** What a model file would hold, and whether the head is made anew for another spec. */
async function transfer(component: Component<"model">, options: object, before: ModelSpec, after: ModelSpec) {
  const [old, next] = [await build(component, options, before, 1), await build(component, options, after, 2)];
  const parameters: Record<string, NdArray> = Object.fromEntries(
    old.parameters.map(({ name, variable }) => [name, ndarray(Float32Array.from(variable.dataSync()), variable.shape)]),
  );
  const isNew = headIsNew({
    wanted: "auto",
    model: next,
    architecture: component.name,
    spec: after,
    target: { kind: "none" },
    card: { model: { spec: before }, target: {} } as unknown as ModelCard,
    parameters,
  });
  loadKept(next, parameters, isNew, "old");
  const loaded = new Set(
    next.parameters
      .filter(({ name, variable }) => {
        const stored = parameters[name];
        return (
          stored &&
          `${stored.shape}` === `${variable.shape}` &&
          variable.dataSync().every((v, i) => v === stored.data[i])
        );
      })
      .map((p) => p.name),
  );
  const names = next.parameters.map((p) => p.name);
  for (const m of [old, next]) m.dispose();
  return { isNew, fresh: names.filter((n) => !loaded.has(n)) };
}

const small = { width: 4, depth: 2, norm: "batch" };

describe("a network that goes on for something else", () => {
  it.each([
    [
      "a denoiser of spectra in a classifier",
      unet,
      small,
      spectra(16),
      spectra(16, { kind: "class", classes: 3 }),
      ["tail.weight", "tail.bias"],
    ],
    [
      "a classifier in a denoiser",
      unet,
      small,
      spectra(16, { kind: "class", classes: 3 }),
      spectra(16),
      ["out.body.0.weight", "out.body.0.bias"],
    ],
    [
      "a denoiser of cubes in one that labels pixels",
      resunet,
      { ...small, width: 6 },
      cubes({ kind: "spectral", shape: [8, 8, 4] }),
      cubes({ kind: "mask", classes: 3 }),
      ["tail.body.0.weight", "tail.body.0.bias"],
    ],
    [
      "a denoiser that ends in its last block in one that labels pixels",
      resunet,
      { depth: 2 },
      cubes({ kind: "spectral", shape: [8, 8, 4] }),
      cubes({ kind: "mask", classes: 3 }),
      ["tail.body.0.weight", "tail.body.0.bias"],
    ],
    [
      "DeepeR's network for spectra of another length",
      deeperResunet,
      { width: 3, denseLayers: 1 },
      spectra(16),
      spectra(21),
      ["linear7.body.0.weight", "linear7.body.0.bias", "linear7.body.1.weight"],
    ],
  ] as const)("%s keeps all but its head", async (_, component, options, before, after, head) => {
    const { isNew, fresh } = await transfer(component, options, before, after);
    expect(isNew).toBe(true);
    // A start that is a constant is the same in both: norms and PReLU slopes of a new head.
    for (const name of fresh) expect(name).toMatch(/^(out|tail|linear7)\./);
    for (const name of head.filter((n) => n.includes("body.0") || n.startsWith("tail"))) expect(fresh).toContain(name);
  });

  it("keeps all of a UNet for spectra of another length", async () => {
    expect(await transfer(unet, small, spectra(16), spectra(21))).toEqual({ isNew: false, fresh: [] });
  });
});
