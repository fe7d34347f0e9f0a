import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, registerGradients, rng } from "@spectrai/core";
import { onednnBackend } from "@spectrai/backend-onednn";
import { type BackendCase, checkGradient, compareBackends, expectAllClose } from "@spectrai/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  addScaled,
  batchNorm,
  channelAttention,
  globalAveragePool,
  interpolate,
  layerNorm,
  type Layer,
  parameterScope,
  pixelShuffle,
  scaleChannels,
  upsample,
} from "../src/index.ts";
import { normalize, type NormalizeSet } from "../src/normalize.ts";
import { balanced, evaluation, randomTensor, trainingContext } from "./support.ts";

// The one backend with fused kernels, where its addon can be had here.
const backend = async (threads: number): Promise<Awaited<ReturnType<typeof onednnBackend.create>>> =>
  onednnBackend.create({ threads, precision: "f32" }, {});
const found = await (await backend(1)).probe();
const title = "fused kernels and tensor operations agree";

const context = (layer: Layer) => (x: tf.Tensor) => layer(x, evaluation);
const smooth = (of: string, inputs: BackendCase["inputs"], run: BackendCase["run"]): BackendCase => ({
  title: of,
  inputs,
  run,
  gradients: inputs.map((_, i) => i),
});

/** Tensors of one to three spatial dimensions: odd sizes, dimensions of size 1, few channels and many. */
const shapes: readonly (readonly [number, ...number[]])[] = [
  [3, 7, 5],
  [2, 201, 3],
  [1, 700, 1],
  [5, 1, 8],
  [9, 6],
  [2, 4, 6, 8],
  [4, 23, 31, 51],
  [1, 9, 1, 300],
  [1, 3, 2, 5, 6],
  [1, 4, 8, 32, 40],
];

function norms(): BackendCase[] {
  return shapes.flatMap((shape) => {
    const channels = shape.at(-1)!;
    const groups = [...new Set([channels, 1, [4, 3, 2].find((g) => channels % g === 0) ?? 1])];
    return [true, false].flatMap((acrossBatch) =>
      groups
        .map((g): NormalizeSet => ({ acrossBatch, groups: g, eps: 1e-3 }))
        // A set of one value: 0 divided by √eps, up to rounding that this enlarges.
        .filter((set) => shape.reduce<number>((n, d) => n * d, 1) / (acrossBatch ? 1 : shape[0]) / set.groups > 1)
        .map((set) =>
          smooth(
            `norm of [${shape.join()}], ${set.groups} groups${acrossBatch ? " of the batch" : ""}`,
            [[...shape], [channels], [channels]],
            (x, scale, offset) => normalize(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, set),
          ),
        ),
    );
  });
}

function upsampling(): BackendCase[] {
  const random = rng("fused");
  const cases: BackendCase[] = [];
  for (let trial = 0; trial < 24; trial++) {
    const dimension = (1 + (trial % 3)) as 1 | 2 | 3;
    const draw = (most: number): number[] => Array.from({ length: dimension }, () => 1 + random.integer(most));
    const shape = [1 + random.integer(3), ...draw(6), 1 + random.integer(70)];
    const factor = draw(3);
    cases.push(
      smooth(`nearest [${shape.join()}] by [${factor.join()}]`, [shape], (x) =>
        context(upsample({ dimension, factor }))(x!),
      ),
    );
    const sizes = draw(9);
    const corners = trial % 2 === 0;
    cases.push(
      smooth(`linear [${shape.join()}] to [${sizes.join()}], corners ${corners}`, [shape], (x) =>
        interpolate(x!, sizes, corners),
      ),
    );
    const few = 1 + (trial % 4);
    const wide = [...shape.slice(0, -1), few ** dimension * (1 + random.integer(20))];
    cases.push(
      smooth(`pixel shuffle of [${wide.join()}] by ${few}`, [wide], (x) =>
        context(pixelShuffle({ dimension, factor: few }))(x!),
      ),
    );
  }
  return cases;
}

const attention = (): BackendCase[] =>
  shapes
    .filter((shape) => shape.length > 2)
    .flatMap((shape) => {
      const scale = [shape[0], shape.at(-1)!];
      return [
        smooth(`scaled channels of [${shape.join()}]`, [[...shape], scale], (x, s) => scaleChannels(x!, s!)),
        smooth(`sum with scaled channels of [${shape.join()}]`, [[...shape], [...shape], scale], (x, y, s) =>
          addScaled(x!, y!, s!),
        ),
        smooth(`global average of [${shape.join()}]`, [[...shape]], context(globalAveragePool()) as BackendCase["run"]),
      ];
    });

// Made once, so that the cpu backend evaluates each once for both numbers of threads.
const named = (cases: readonly BackendCase[]) => cases.map((one) => [one.title, one] as const);
const statistics = named(norms());
const movesAndScales = named([...upsampling(), ...attention()]);

describe.skipIf(!found.available)(found.available ? title : `${title} (skipped: ${found.reason})`, () => {
  afterAll(() => tf.setBackend("cpu"));

  describe.each([1, 2])("on %i threads", (threads) => {
    beforeAll(async () => (await backend(threads)).init());

    test("the kernels are there", () => {
      for (const name of ["Normalize", "RepeatPoints", "InterpolateLinear", "PixelShuffle", "AddScaled"] as const)
        expect(hasKernel(name)).toBe(true);
    });

    // Sums of up to 3000 float32 in another order, some of which cancel in a norm's gradient; everything else is exact to
    // the last bits.
    test.each(statistics)("%s", (_, one) => compareBackends("onednn", one, { rtol: 5e-5, atol: 2e-6 }));
    test.each(movesAndScales)("%s", (_, one) => compareBackends("onednn", one, { rtol: 5e-6, atol: 1e-6 }));
  });

  test("the moments of a large mean and a small spread are those of float64", async () => {
    await (await backend(2)).init();
    const random = rng("spread");
    const trials: readonly (readonly [readonly [number, ...number[]], boolean])[] = [
      [[20000, 3], true],
      [[1, 5000, 51], true],
      [[9, 5000], false],
    ];
    for (const [shape, acrossBatch] of trials) {
      const channels = shape.at(-1)!;
      const size = shape.reduce<number>((n, d) => n * d, 1);
      const sets = acrossBatch ? channels : shape[0];
      const count = size / sets;
      const values = Float32Array.from({ length: size }, () => 1e4 + random.normal());
      const set = { acrossBatch, groups: acrossBatch ? channels : 1, eps: 0 };
      tf.tidy(() => {
        const x = tf.tensor(values, [...shape]);
        normalize(x, tf.ones([channels]), tf.zeros([channels]), set, ({ mean, variance }) => {
          const [m, v] = [mean.dataSync(), variance.dataSync()];
          for (let k = 0; k < sets; k++) {
            const own = values.filter((_, i) => (acrossBatch ? i % channels : Math.floor(i / channels)) === k);
            const exact = own.reduce((sum, value) => sum + value, 0) / count;
            const spread = own.reduce((sum, value) => sum + (value - exact) ** 2, 0) / count;
            // The mean is rounded to float32 (half a unit is 5e-4 here); differences from values of the data are exact, their
            // sums of at most 128 in single precision lose a few units.
            expect(Math.abs(m[k]! - exact)).toBeLessThan(6e-4);
            expect(Math.abs(v[k]! / spread - 1)).toBeLessThan(2e-6);
          }
        });
      });
    }
  });

  test("batch norm hands on the same running statistics", async () => {
    const updates: Float32Array[][] = [];
    for (const name of ["cpu", "onednn"]) {
      await tf.setBackend(name);
      await balanced(() => {
        const scope = parameterScope(rng("bn"));
        const layer = batchNorm(scope, { channels: 5, momentum: 0.3 });
        const x = randomTensor([3, 4, 5], "x", 2);
        const training = trainingContext();
        layer(x, training).dispose();
        updates.push([...training.updates.values()]);
        x.dispose();
        scope.dispose();
      });
    }
    expect(updates[1]).toHaveLength(2);
    updates[0]!.forEach((values, i) => expectAllClose(updates[1]![i]!, values, { rtol: 1e-6 }));
  });

  test("layer norm's and channel attention's gradients are those of finite differences", async () => {
    await tf.setBackend("onednn");
    registerGradients();
    await balanced(() => {
      const x = randomTensor([2, 5, 12], "x");
      for (const make of [layerNorm, channelAttention]) {
        const scope = parameterScope(rng("layers"));
        const layer = make(scope, { channels: 12 });
        checkGradient((at) => layer(at!, evaluation), [x, ...scope.parameters.map((p) => p.variable)]);
        scope.dispose();
      }
      x.dispose();
    });
  });
});

describe("channel attention", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test("has the published names, scales by a sigmoid of the squeezed means, and says what does not fit", () =>
    balanced(() => {
      const scope = parameterScope(rng("attention"));
      const layer = channelAttention(scope.at("block"), { channels: 8, reduction: 4 });
      expect(scope.parameters.map((p) => [p.name, p.variable.shape])).toEqual([
        ["block.conv_du.0.weight", [8, 2]],
        ["block.conv_du.0.bias", [2]],
        ["block.conv_du.2.weight", [2, 8]],
        ["block.conv_du.2.bias", [8]],
      ]);
      const [w0, b0, w2, b2] = scope.parameters.map((p) => p.variable.dataSync());
      const x = randomTensor([2, 3, 3, 8], "x");
      const y = layer(x, evaluation);
      const values = x.dataSync();
      const expected = Float64Array.from(values, (value, i) => {
        const [sample, channel] = [Math.floor(i / 72), i % 8];
        const mean = (c: number): number => {
          let sum = 0;
          for (let p = 0; p < 9; p++) sum += values[sample * 72 + p * 8 + c]!;
          return sum / 9;
        };
        let z = b2![channel]!;
        for (let k = 0; k < 2; k++) {
          let squeezed = b0![k]!;
          for (let c = 0; c < 8; c++) squeezed += mean(c) * w0![c * 2 + k]!;
          z += Math.max(0, squeezed) * w2![k * 8 + channel]!;
        }
        return value / (1 + Math.exp(-z));
      });
      // Float32 against float64.
      expectAllClose(y.dataSync(), expected, { rtol: 1e-6 });
      checkGradient((at) => layer(at!, evaluation), [x, ...scope.parameters.map((p) => p.variable)]);
      expect(() => tf.tidy(() => addScaled(x, tf.zeros([2, 3, 8]), tf.zeros([2, 8])))).toThrow(
        "needs factors [2, 8] and a summand of the tensor's shape, and got factors [2, 8] and a summand [2, 3, 3, 8].",
      );
      expect(() => tf.tidy(() => scaleChannels(x, tf.zeros([8])))).toThrow(
        "Scaling the channels of a tensor [2, 3, 3, 8] needs factors [2, 8], and got factors [8].",
      );
      tf.dispose([x, y]);
      scope.dispose();
    }));
});
