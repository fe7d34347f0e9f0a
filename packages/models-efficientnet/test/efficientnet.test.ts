import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { type ForwardContext, type Model, type ModelSpec, rng } from "@spectrai/core";
import { describe, expect, test } from "vitest";
import { efficientnet, efficientNetSchema } from "../src/index.ts";

const spec: ModelSpec = {
  task: "classification",
  data: "cube",
  input: [16, 16, 6],
  output: { kind: "class", classes: 4 },
};
const build = async (options: object, of: ModelSpec = spec): Promise<Model> =>
  (await efficientnet.create(efficientNetSchema.parse(options), {})).build(of, rng("efficientnet"));
const context = (training: boolean, seed = 0): ForwardContext => ({ training, seed, update: () => {} });
const count = (model: Model): number =>
  model.parameters.filter((p) => p.trainable).reduce((n, p) => n + p.variable.size, 0);

describe("options", () => {
  test("variant and preset give the factors, which an option of each overrides", async () => {
    const size = async (options: object): Promise<number> => {
      const model = await build(options);
      const found = count(model);
      model.dispose();
      return found;
    };
    const small = await size({ preset: "small" });
    expect(small).toBe(await size({ widthFactor: 0.5, depthFactor: 0.5 }));
    expect(small).toBeLessThan(800_000);
    expect(await size({ preset: "small", variant: "b2" })).toBe(await size({ widthFactor: 0.55, depthFactor: 0.6 }));
    expect(await size({ preset: "small", widthFactor: 0.25 })).toBeLessThan(small);
    expect(await size({ preset: "small", depthFactor: 1 })).toBeGreaterThan(small);
  });

  const differs = async (options: object, training: boolean): Promise<boolean> => {
    const x = tf.randomNormal([8, 16, 16, 6], 0, 1, "float32", 3);
    const [plain, other] = [
      await build({ preset: "small", dropConnect: 0, dropout: 0 }),
      await build({ preset: "small", dropConnect: 0, dropout: 0, ...options }),
    ];
    const values = [plain, other].map((m) => [...tf.tidy(() => m.apply(x, context(training, 1)).dataSync())]);
    x.dispose();
    plain.dispose();
    other.dispose();
    return values[0]!.some((v, i) => v !== values[1]![i]);
  };
  test("a step of 1 in the stem, dropout and dropped blocks change what they should, and when", async () => {
    expect(await differs({}, true)).toBe(false);
    expect(await differs({ stemStride: 1 }, true)).toBe(true);
    expect(await differs({ dropout: 0.5 }, true)).toBe(true);
    expect(await differs({ dropout: 0.5 }, false)).toBe(false);
    expect(await differs({ dropConnect: 0.9 }, true)).toBe(true);
    expect(await differs({ dropConnect: 0.9 }, false)).toBe(false);
  });

  test("the momentum is that of the running statistics", async () => {
    const moved = async (normMomentum: number): Promise<number> => {
      const model = await build({ preset: "small", normMomentum });
      const mean = model.parameters.find((p) => p.name === "_bn0.running_mean")!.variable;
      let size = 0;
      const x = tf.randomNormal([4, 16, 16, 6], 1, 1, "float32", 3);
      tf.tidy(() =>
        model.apply(x, {
          training: true,
          seed: 0,
          update: (buffer, value) => {
            if (buffer === mean) size = tf.tidy(() => tf.norm(value).dataSync()[0]!);
          },
        }),
      );
      x.dispose();
      model.dispose();
      return size;
    };
    expect((await moved(0.1)) / (await moved(0.01))).toBeCloseTo(10, 4);
  });
});

test("channels are convolved one by one in one kernel, never dealt out", async () => {
  const model = await build({ preset: "small" });
  const x = tf.zeros([1, 16, 16, 6]);
  const { kernelNames } = await tf.profile(() => model.apply(x, context(false)));
  expect(kernelNames).toContain("DepthwiseConv2dNative");
  expect(kernelNames).not.toContain("SplitV");
  x.dispose();
  model.dispose();
});

test("names its head", async () => {
  const model = await build({ preset: "small" });
  const other = await build({ preset: "small" }, { ...spec, output: { kind: "class", classes: 9 } });
  const changed = model.parameters.filter((p, i) => p.variable.size !== other.parameters[i]!.variable.size);
  expect(changed.map((p) => p.name)).toEqual(["_fc.weight", "_fc.bias"]);
  expect(model.head).toEqual(["_fc"]);
  model.dispose();
  other.dispose();
});

test.each([
  ["a spectrum has none; use resnet", { ...spec, data: "spectrum", input: [40] }],
  ["cannot give a mask; use unet", { ...spec, output: { kind: "mask", classes: 2 } }],
  ["cannot give a cube; use unet", { ...spec, output: { kind: "spectral", shape: [16, 16, 6] } }],
] as const)("what cannot be: %s", async (message, of) => {
  await expect(build({}, of)).rejects.toMatchObject({
    code: "SPECTRAI_TASK_UNSUITABLE",
    message: expect.stringContaining(message) as string,
  });
});
