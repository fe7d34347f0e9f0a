import * as tf from "@tensorflow/tfjs-core";
import { compareBackends, type BackendCase } from "@spectrai/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { normal, run, sizeOf } from "./support/kernels.ts";
import { backendOf, describeWebGpu } from "./support/webgpu.ts";

const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[1], [0]],
  [[7], [0]],
  [[3, 1, 4], []],
  [[100_003], [0]],
  [[3, 70], [1]],
  [[5000, 3], [1]],
  [[5000, 16], [1]],
  [[1000, 3], [0]],
  [[5, 300, 64], [1]],
  [
    [5, 300, 64],
    [0, 1],
  ],
  [
    [5, 300, 64],
    [0, 2],
  ],
  [[3, 1030], [0]],
  [[2, 90, 1500], [1]],
  [
    [2, 3, 2, 3, 2, 3],
    [0, 2, 4],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [1, 3, 5],
  ],
  [
    [4, 1, 5, 1],
    [1, 2],
  ],
  [[3, 1, 1], [1]],
];

describeWebGpu("reductions", () => {
  beforeAll(async () => {
    await (await backendOf()).init();
  });

  const compare = (title: string, inputs: BackendCase["inputs"], of: BackendCase["run"], atol: number): Promise<void> =>
    compareBackends("webgpu", { title, inputs, run: of }, { rtol: 1e-6, atol });

  it.each(cases.map(([shape, axes]) => [shape, axes] as const))("of %o over %o", async (shape, axes) => {
    const axis = [...axes];
    const count = axes.reduce((n, d) => n * shape[d]!, 1);
    // Rounded at the size of the partial sums, of terms of up to 2 of both signs.
    await compare(
      `sums ${shape} ${axes}`,
      [shape],
      (x) => [tf.sum(x!, axis), tf.mean(x!, axis, true)],
      1e-6 * Math.sqrt(count),
    );
    await compare(
      `extremes ${shape} ${axes}`,
      [shape],
      (x) => [tf.max(x!, axis), tf.min(x!, axis, true), tf.max(tf.neg(tf.abs(x!)), axis), tf.min(tf.abs(x!), axis)],
      0,
    );
    // Each multiplication rounds, in whatever order they are.
    await compare(
      `products ${shape} ${axes}`,
      [{ shape, low: 1 - 1 / count, high: 1 + 1 / count }],
      (x) => [tf.prod(x!, axis), tf.prod(x!, axis, true)],
      1e-6 + 3e-8 * count,
    );
    await compare(
      `integers ${shape} ${axes}`,
      [{ shape, dtype: "int32", low: -90, high: 90 }],
      (x) => [tf.sum(x!, axis), tf.max(x!, axis, true), tf.min(x!, axis)],
      0,
    );
    await compare(
      `flags ${shape} ${axes}`,
      [{ shape, dtype: "bool" }],
      (x) => [tf.all(x!, axis), tf.any(x!, axis, true), tf.all(tf.logicalOr(x!, true), axis), tf.sum(x!, axis)],
      0,
    );
  });

  it("of none: sums 0, products 1", () =>
    compare(
      "none",
      [
        [0, 3],
        [3, 0],
        [2, 0, 3],
        [0, 3],
      ],
      (a, b, c, d) => [tf.sum(a!, 0), tf.prod(b!, 1, true), tf.sum(c!, [0, 1]), tf.sum(d!, 1)],
      0,
    ));

  it("passes on what is no number, and infinities", async () => {
    const rows = [
      [1, NaN, 2],
      [NaN, 1, 2],
      [-Infinity, -Infinity, -Infinity],
      [Infinity, 1, 2],
      [1, -Infinity, NaN],
    ];
    const x = tf.tensor2d(rows);
    const across = tf.transpose(x);
    const largest = [NaN, NaN, -Infinity, Infinity, NaN];
    const smallest = [NaN, NaN, -Infinity, 1, NaN];
    for (const [t, axis] of [
      [x, 1],
      [across, 0],
    ] as const) {
      expect([...(await tf.max(t, axis).data())]).toEqual(largest);
      expect([...(await tf.min(t, axis).data())]).toEqual(smallest);
    }
  });

  // Summed one after the other, the last ones would be lost from the first.
  it.each([
    [[700_037], 0],
    [[90_009, 5], 0],
    [[3, 200_001], 1],
  ] as const)("the error of long sums does not grow: %o over %i", async (shape, axis) => {
    const x = tf.tidy(() => tf.add(normal(shape), 2));
    const values = await x.data();
    const inner = axis === 0 ? (shape[1] ?? 1) : 1;
    const wanted = new Float64Array(sizeOf(shape) / shape[axis]!);
    values.forEach((v, i) => (wanted[axis === 0 ? i % inner : Math.floor(i / shape[axis]!)]! += v));
    const level = tf.memory().numTensors;
    const sums = [0, 1].map(() => run("Sum", { x }, { axis, keepDims: false })[0]!);
    expect(tf.memory().numTensors).toBe(level + 2);
    const [first, second] = await Promise.all(sums.map((t) => t.data()));
    expect(second).toEqual(first);
    first!.forEach((v, i) => expect(Math.abs(v / wanted[i]! - 1)).toBeLessThan(5e-7));
    tf.dispose([x, sums]);
  });

  describe("padding", () => {
    const paddings: readonly (readonly [readonly number[], readonly (readonly [number, number])[]])[] = [
      [[7], [[2, 0]]],
      [
        [3, 8],
        [
          [1, 2],
          [0, 0],
        ],
      ],
      [
        [2, 5, 8],
        [
          [0, 0],
          [1, 0],
          [4, 8],
        ],
      ],
      [
        [2, 3, 2, 3, 4],
        [
          [0, 0],
          [1, 2],
          [0, 1],
          [2, 0],
          [0, 0],
        ],
      ],
      [
        [2, 1, 2, 1, 3, 2],
        [
          [1, 0],
          [0, 0],
          [0, 1],
          [0, 3],
          [0, 0],
          [2, 1],
        ],
      ],
      [
        [0, 2],
        [
          [1, 1],
          [0, 1],
        ],
      ],
      [
        [300, 400],
        [
          [3, 1],
          [0, 5],
        ],
      ],
    ];
    it.each(paddings)("of %o by %o", async (shape, by) => {
      const pairs = by.map(([before, after]) => [before, after] as [number, number]);
      await compare(`pad ${shape}`, [shape], (x) => [tf.pad(x!, pairs), tf.pad(x!, pairs, -1.5)], 0);
      await compare(
        `pad integers ${shape}`,
        [{ shape, dtype: "int32", low: -90, high: 90 }],
        (x) => tf.pad(x!, pairs, -3),
        0,
      );
    });
  });
});
