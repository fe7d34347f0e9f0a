import * as tf from "@tensorflow/tfjs-core";
import { rng } from "@spectrai/core";
import { type BackendCase, compareBackends, expectAllClose } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { normal, run, sizeOf } from "./support/kernels.ts";
import { backendOf, describeWebGpu, webgpu } from "./support/webgpu.ts";

interface Norm {
  readonly shape: readonly number[];
  readonly acrossBatch: boolean;
  readonly groups: number;
  readonly eps: number;
}

/** The norm and its gradients in float64, by the definition and set by set. */
function slow(
  { shape, acrossBatch, groups, eps }: Norm,
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  dy: ArrayLike<number>,
) {
  const [channels, perSample] = [shape.at(-1)!, sizeOf(shape.slice(1))];
  const width = channels / groups;
  const sets = (acrossBatch ? 1 : shape[0]!) * groups;
  const setOf = (i: number): number =>
    (acrossBatch ? 0 : Math.floor(i / perSample)) * groups + Math.floor((i % channels) / width);
  const zeros = (n: number): Float64Array => new Float64Array(n);
  const [mean, variance, sumG, sumGX] = [zeros(sets), zeros(sets), zeros(sets), zeros(sets)];
  const count = x.length / sets;
  for (let i = 0; i < x.length; i++) mean[setOf(i)]! += x[i]! / count;
  for (let i = 0; i < x.length; i++) variance[setOf(i)]! += (x[i]! - mean[setOf(i)]!) ** 2 / count;
  const inverse = variance.map((v) => 1 / Math.sqrt(v + eps));
  const hat = Float64Array.from(x, (v, i) => (v - mean[setOf(i)]!) * inverse[setOf(i)]!);
  const y = hat.map((v, i) => v * scale[i % channels]! + offset[i % channels]!);
  const [dscale, doffset] = [zeros(channels), zeros(channels)];
  for (let i = 0; i < x.length; i++) {
    const g = dy[i]! * scale[i % channels]!;
    sumG[setOf(i)]! += g;
    sumGX[setOf(i)]! += g * hat[i]!;
    dscale[i % channels]! += dy[i]! * hat[i]!;
    doffset[i % channels]! += dy[i]!;
  }
  const dx = hat.map((v, i) => {
    const s = setOf(i);
    return inverse[s]! * (dy[i]! * scale[i % channels]! - sumG[s]! / count - (v * sumGX[s]!) / count);
  });
  return { y, mean, variance, dx, dscale, doffset };
}

/**
 * One to three spatial dimensions and none; few channels and many, that four divides and not; sets for one team, for many
 * teams, and for a team that has others in its group.
 */
const shapes: readonly (readonly [number, ...number[]])[] = [
  [3, 7, 5],
  [2, 201, 3],
  [1, 700, 1],
  [5, 1, 8],
  [9, 6],
  [300, 64],
  [7, 1000],
  [2, 4, 6, 8],
  [4, 23, 31, 51],
  [2, 40, 33, 64],
  [1, 9, 1, 300],
  [1, 3, 2, 5, 6],
  [1, 4, 8, 32, 40],
  [3, 9000, 2],
  [2, 20_011, 4],
];

const norms: Norm[] = shapes.flatMap((shape) => {
  const channels = shape.at(-1)!;
  const groups = [...new Set([channels, 1, [4, 3, 2].find((g) => channels % g === 0) ?? 1])];
  return [true, false].flatMap((acrossBatch) =>
    groups
      .map((g): Norm => ({ shape, acrossBatch, groups: g, eps: 1e-3 }))
      // A set of one value: 0 divided by √eps, up to rounding that this enlarges.
      .filter((n) => sizeOf(shape) / (acrossBatch ? 1 : shape[0]) / n.groups > 1),
  );
});

const title = ({ shape, groups, acrossBatch }: Norm): string =>
  `[${shape.join()}], ${groups} groups${acrossBatch ? " of the batch" : ""}`;

describeWebGpu("norms", () => {
  beforeAll(async () => (await backendOf()).init());

  describe("are those of float64, with their gradients", () => {
    test.each(norms.map((norm) => [title(norm), norm] as const))("%s", async (_, norm) => {
      const { shape, acrossBatch, groups, eps } = norm;
      const channels = shape.at(-1)!;
      const [x, dy] = [normal(shape), normal(shape)];
      const [scale, offset] = [normal([channels]), normal([channels])];
      const attributes = { acrossBatch, groups, eps };
      const [y, mean, variance] = run("Normalize", { x, scale, offset }, attributes) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const inputs = { dy, x, scale, mean, variance };
      const [dx, dscale, doffset] = run("NormalizeGradient", inputs, attributes);
      const moments = [acrossBatch ? 1 : shape[0], groups];
      expect([y, mean, variance, dx, dscale, doffset].map((t) => t!.shape)).toEqual([
        shape,
        moments,
        moments,
        shape,
        [channels],
        [channels],
      ]);
      const wanted = slow(norm, await x.data(), await scale.data(), await offset.data(), await dy.data());
      // Values of a few units, each rounded a few times.
      expectAllClose(await y.data(), wanted.y, { rtol: 2e-6 });
      // Means of sums that cancel: relative to the summands.
      expectAllClose(await mean.data(), wanted.mean, { atol: 1e-6 });
      expectAllClose(await variance.data(), wanted.variance, { rtol: 1e-6 });
      // Sums of up to 80 000 float32, some of which cancel.
      expectAllClose(await dx!.data(), wanted.dx, { rtol: 5e-6, atol: 1e-6 });
      const terms = Math.sqrt(sizeOf(shape) / channels);
      expectAllClose(await dscale!.data(), wanted.dscale, { rtol: 2e-6, atol: 2e-6 * terms });
      expectAllClose(await doffset!.data(), wanted.doffset, { rtol: 2e-6, atol: 2e-6 * terms });
    });
  });

  test("the moments of a large mean and a small spread are those of float64, an outlier in front or not", async () => {
    const random = rng("spread");
    const trials: readonly (readonly [readonly [number, ...number[]], boolean])[] = [
      [[20_000, 3], true],
      [[300, 4], true],
      [[1, 5000, 52], true],
      [[9, 5000], false],
    ];
    for (const [shape, acrossBatch] of trials)
      for (const first of [1e4, 2e4]) {
        const channels = shape.at(-1)!;
        const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i ? 1e4 + random.normal() : first));
        const norm = { shape, acrossBatch, groups: acrossBatch ? channels : 1, eps: 0 };
        const inputs = { x: tf.tensor(values, [...shape]), scale: tf.ones([channels]), offset: tf.zeros([channels]) };
        const [, mean, variance] = run("Normalize", inputs, norm);
        const ones = new Float32Array(values.length).fill(1);
        const exact = slow(norm, values, ones, ones, ones);
        // The mean is rounded to float32: half a unit is 5e-4 here. Differences from values of the data are exact.
        expectAllClose(await mean!.data(), exact.mean, { atol: 6e-4 });
        const found = await variance!.data();
        exact.variance.forEach((v, i) => expect(Math.abs(found[i]! / v - 1)).toBeLessThan(2e-6));
      }
  });

  test("are the same where a device starts few groups along one direction", async () => {
    const { device } = webgpu();
    const { limits } = device;
    const few = new Proxy(limits, {
      get: (all, name) => (name === "maxComputeWorkgroupsPerDimension" ? 3 : Reflect.get(all, name, all)),
    });
    const trials = [
      { shape: [40, 33, 5], acrossBatch: false, groups: 5, eps: 1e-5 },
      { shape: [900, 64], acrossBatch: false, groups: 1, eps: 1e-5 },
      { shape: [2, 30_000, 4], acrossBatch: true, groups: 4, eps: 1e-5 },
    ];
    for (const { shape, ...set } of trials) {
      const channels = shape.at(-1)!;
      const [x, scale, offset] = [normal(shape), normal([channels]), normal([channels])];
      const all = async (): Promise<number[][]> => {
        const [y, mean, variance] = run("Normalize", { x, scale, offset }, set) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const gradients = run("NormalizeGradient", { dy: y, x, scale, mean, variance }, set);
        return Promise.all([y, mean, variance, ...gradients].map(async (t) => [...(await t.data())]));
      };
      const wanted = await all();
      Object.defineProperty(device, "limits", { value: few, configurable: true });
      const found = await all().finally(() =>
        Object.defineProperty(device, "limits", { value: limits, configurable: true }),
      );
      expect(found).toEqual(wanted);
    }
  });

  test("give the same twice, and nothing of nothing", async () => {
    const shape = [2, 3000, 12];
    const [x, scale, offset] = [normal(shape), normal([12]), normal([12])];
    const twice: number[][] = [];
    for (let i = 0; i < 2; i++) {
      const [y, mean, variance] = run("Normalize", { x, scale, offset }, { acrossBatch: true, groups: 12, eps: 1e-5 });
      const inputs = { dy: x, x: y!, scale, mean: mean!, variance: variance! };
      const [dx] = run("NormalizeGradient", inputs, { acrossBatch: true, groups: 12, eps: 1e-5 });
      twice.push([...(await y!.data()), ...(await dx!.data())]);
    }
    expect(twice[1]).toEqual(twice[0]);
    const none = run(
      "Normalize",
      { x: tf.zeros([0, 5, 12]), scale, offset },
      { acrossBatch: true, groups: 12, eps: 1 },
    );
    expect(none.map((t) => t.shape)).toEqual([
      [0, 5, 12],
      [1, 12],
      [1, 12],
    ]);
  });

  const more: BackendCase[] = [
    ...[
      [2, 5, 6, 51],
      [1, 1, 3, 300],
      [1, 7, 1, 1],
      [1, 1, 70_000, 3],
    ].map((shape) => ({
      title: `norm of [${shape.join()}] by given statistics`,
      inputs: [shape, [shape[3]!], { shape: [shape[3]!], low: 0.1, high: 2 }, [shape[3]!], [shape[3]!]],
      run: (...[x, m, v, o, s]: tf.Tensor[]) =>
        tf.batchNorm(x as tf.Tensor4D, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D, 1e-3),
    })),
    {
      title: "norm by given statistics alone",
      inputs: [[2, 3, 4, 5], [5], { shape: [5], low: 0.1, high: 2 }],
      run: (x, m, v) => tf.batchNorm(x as tf.Tensor4D, m as tf.Tensor1D, v as tf.Tensor1D),
    },
  ];
  test.each(more.map((one) => [one.title, one] as const))("%s", (_, one) => compareBackends("webgpu", one));
});
