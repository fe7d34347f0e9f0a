import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { OnednnBackend } from "../src/backend.ts";
import { onednnBackend } from "../src/index.ts";

async function use(threads: number): Promise<void> {
  const chosen = await onednnBackend.create({ threads, precision: "f32" }, {});
  await chosen.init();
}
const backend = (): OnednnBackend => tf.backend() as OnednnBackend;
beforeAll(() => use(2));
afterEach(() => use(2));

type Values = { readonly shape: readonly number[]; readonly dtype: tf.DataType; readonly values: number[] };
type Result = tf.Tensor | tf.Tensor[];

/** Numbers that look random: none is 0, so that quotients exist. */
const numbers = (shape: readonly number[], seed = 1): Float32Array =>
  Float32Array.from({ length: tf.util.sizeFromShape(shape as number[]) }, (_, i) => {
    const x = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453;
    return 4 * (x - Math.floor(x)) - 1.9;
  });
const floats = (shape: readonly number[], seed = 1): tf.Tensor => tf.tensor(numbers(shape, seed), shape as number[]);
const integers = (shape: readonly number[], seed = 1): tf.Tensor =>
  tf.tensor(
    Int32Array.from(numbers(shape, seed), (v) => Math.trunc(v * 50) || 7),
    shape as number[],
    "int32",
  );

function read(run: () => Result): Values[] {
  return tf.tidy(() => {
    const result = run();
    return (Array.isArray(result) ? result : [result]).map((t) => ({
      shape: t.shape,
      dtype: t.dtype,
      values: Array.from(t.dataSync()),
    }));
  });
}

/** The same as on tfjs's own backend, with one and two threads. Errors are those of float32 sums in another order. */
async function alike(run: () => Result, tolerance = 1e-5): Promise<void> {
  await tf.setBackend("cpu");
  const wanted = read(run);
  for (const threads of [1, 2]) {
    await use(threads);
    const got = read(run);
    expect(got.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      wanted.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    got.forEach(({ values }, k) => {
      const other = wanted[k]!.values;
      const wrong = values.findIndex(
        (v, i) =>
          !Object.is(v + 0, other[i]! + 0) &&
          !(Math.abs(v - other[i]!) <= tolerance * Math.max(1, Math.abs(other[i]!))),
      );
      expect(wrong < 0 ? "alike" : `${values[wrong]} in place of ${other[wrong]} at ${wrong}`).toBe("alike");
    });
  }
}

/** The tensor with its floats held as bf16. */
function halved(t: tf.Tensor): tf.Tensor {
  const y = backend().make(t.shape, "float32", true);
  backend().native.copy(Int32Array.of(1, 0, 0, t.size, 1, 1), backend().any(t), backend().any(y));
  return tf.engine().makeTensorFromTensorInfo(y);
}
const isHalf = (t: tf.Tensor): boolean => backend().data(t).half;

const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[], [3]],
  [[1], [1, 1]],
  [[70000], [1]],
  [[2, 1, 40000], [40000]],
  [[700, 3], [3]],
  [[700, 1], [3]],
  [
    [5, 130, 64],
    [5, 1, 64],
  ],
  [
    [5, 130, 7],
    [5, 130, 1],
  ],
  [[64], [33, 5, 64]],
  [
    [1, 2000],
    [3, 1],
  ],
  [
    [2, 3, 1, 5, 1, 2],
    [4, 1, 3, 1],
  ],
  [
    [2, 1, 3, 1, 2, 3],
    [2, 2, 3, 4, 2, 1],
  ],
  [[0, 3], [3]],
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
];

describe("functions of pairs", () => {
  for (const [a, b] of pairs)
    it(`[${a}] and [${b}]`, async () => {
      const [x, y] = [() => floats(a), () => floats(b, 2)];
      await alike(() => [tf.add(x(), y()), tf.sub(x(), y()), tf.div(x(), y()), tf.maximum(x(), y())]);
      await alike(() => [tf.less(x(), y()), tf.prelu(x(), y()), tf.mod(x(), y()), tf.pow(tf.abs(x()), y())]);
      const [i, j] = [() => integers(a), () => integers(b, 2)];
      await alike(() => [
        tf.add(i(), j()),
        tf.mul(i(), j()),
        tf.minimum(i(), j()),
        tf.floorDiv(i(), j()),
        tf.equal(i(), j()),
      ]);
      await alike(() => tf.where(tf.greater(x(), 0), x(), y()));
    });
  it("powers, remainders and extremes of special values", async () => {
    const list = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, -2, 0.5, -2.5];
    const [a, b] = [() => tf.tensor2d(list, [11, 1]), () => tf.tensor1d(list)];
    await alike(() => [
      tf.pow(a(), b()),
      tf.mod(a(), b()),
      tf.maximum(a(), b()),
      tf.minimum(a(), b()),
      tf.atan2(a(), b()),
    ]);
    await alike(() => [tf.pow(a(), 2), tf.sign(a()), tf.step(a(), 0.5), tf.clipByValue(a(), -1.5, 1.5), tf.relu6(a())]);
  });
  it("adds many, and integers that wrap around", async () => {
    await alike(() => tf.addN([1, 2, 3, 4, 5].map((s) => floats([3, 1031], s))));
    await alike(() => tf.addN([1, 2, 3].map((s) => integers([1500], s))));
    const large = () => tf.tensor1d([2 ** 31 - 1, -(2 ** 31), 65536], "int32");
    await alike(() => [tf.add(large(), large()), tf.mul(large(), 65536), tf.neg(large())]);
  });
  it("takes a list of conditions as one for each row", () => {
    const y = tf.tidy(() => {
      const inputs = { condition: tf.tensor1d([1, 0, 1], "bool"), t: tf.ones([3, 4]), e: tf.zeros([3, 4]) };
      return (tf.engine().runKernel("Select", inputs) as tf.Tensor).dataSync();
    });
    expect([...y]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]);
  });
});

const reduced: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[1], [0]],
  [[7], [0]],
  [[100003], [0]],
  [[3, 70], [1]],
  [[1000, 3], [0]],
  [[1000, 3], [1]],
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

describe("reductions", () => {
  for (const [shape, axes] of reduced)
    it(`of [${shape}] over [${axes}]`, async () => {
      const axis = [...axes];
      const x = () => floats(shape);
      // Cancelling sums of tfjs's own are in double precision, so the tolerance is of the summands.
      await alike(() => [tf.sum(x(), axis), tf.mean(x(), axis, true), tf.max(x(), axis), tf.min(x(), axis, true)]);
      await alike(() => tf.prod(tf.add(tf.mul(x(), 0.001), 1), axis));
      const i = () => integers(shape);
      await alike(() => [tf.sum(i(), axis), tf.max(i(), axis), tf.min(i(), axis)]);
      await alike(() => [tf.all(tf.greater(x(), -1.8), axis), tf.any(tf.greater(x(), 2), axis, true)]);
      if (shape.length > 0) await alike(() => axis.flatMap((d) => [tf.argMax(x(), d), tf.argMin(i(), d)]));
    });

  it("sums of none are 0, and their products 1", async () => {
    await alike(() => [tf.sum(floats([0, 3]), 0), tf.prod(floats([3, 0]), 1), tf.sum(floats([2, 0, 3]), [0, 1])]);
  });

  it("NaN passes through extremes, and the first of equal ones is found", async () => {
    const rows = () => tf.tensor2d([1, NaN, 2, NaN, 1, 3, 5, 5, -Infinity, -Infinity, -Infinity, -Infinity], [3, 4]);
    await alike(() => [
      tf.max(rows(), 1),
      tf.min(rows(), 1),
      tf.max(rows(), 0),
      tf.argMax(rows(), 1),
      tf.argMin(rows(), 0),
    ]);
    const long = () => tf.tile(tf.tensor1d([1, 5, 5, 0, 0, 3]), [50]);
    await alike(() => [tf.argMax(long(), 0), tf.argMin(long(), 0)]);
  });

  for (const [shape, axis] of [
    [[4000037], 0],
    [[400009, 5], 0],
    [[20011, 130], 0],
    [[3, 700001], 1],
  ] as const)
    it(`the error of long sums does not grow: [${shape}] over ${axis}`, async () => {
      const x = numbers(shape).map((v) => v + 2);
      const inner = axis === 0 ? (shape[1] ?? 1) : 1;
      const n = shape[axis]!;
      const wanted = new Float64Array(x.length / n);
      x.forEach((v, i) => (wanted[axis === 0 ? i % inner : Math.floor(i / n)]! += v));
      const results: number[][] = [];
      for (const threads of [1, 2]) {
        await use(threads);
        results.push(read(() => tf.sum(tf.tensor(x, [...shape]), axis))[0]!.values);
      }
      // The same on any number of threads; a few roundings of float32 whatever the length.
      expect(results[1]).toEqual(results[0]);
      results[0]!.forEach((v, i) => expect(Math.abs(v / wanted[i]! - 1)).toBeLessThan(3e-7));
    });

  it("softmax of rows of any length, and of large numbers", async () => {
    for (const n of [1, 3, 17, 64, 1000]) await alike(() => tf.softmax(tf.mul(floats([5, n]), 40)), 1e-6);
    await alike(() => [tf.softmax(tf.tensor1d([1e30, -1e30, 1e30])), tf.softmax(tf.tensor1d([NaN, 1]))]);
  });
});

const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => [...p.slice(0, i), n - 1, ...p.slice(i)]));

describe("moves", () => {
  it("transposes in every order", async () => {
    await alike(() => permutations(4).map((p) => tf.transpose(floats([3, 7, 2, 6]), p)));
    await alike(() =>
      permutations(3).flatMap((p) => [tf.transpose(floats([37, 70, 65]), p), tf.transpose(integers([5, 1, 67]), p)]),
    );
    await alike(() => permutations(3).map((p) => tf.transpose(tf.greater(floats([9, 35, 130]), 0), p)));
    await alike(() => [
      tf.transpose(floats([2, 3, 1, 2, 5, 3]), [5, 0, 3, 2, 4, 1]),
      tf.transpose(floats([0, 3])),
      tf.transpose(floats([])),
    ]);
    await alike(() => tf.transpose(floats([2, 40000]), [1, 0]));
  });
  it("slices, with steps and backwards", async () => {
    const x = () => floats([6, 7, 9]);
    await alike(() => [
      tf.slice(x(), [1, 2, 3], [4, 3, 5]),
      tf.slice(x(), [2], [3]),
      tf.slice(x(), 0, 6),
      tf.slice(x(), [6, 0, 0], [0, 7, 9]),
    ]);
    await alike(() => [
      tf.stridedSlice(x(), [5, 0, 8], [0, 7, 0], [-2, 3, -1]),
      tf.stridedSlice(x(), [1, 2, 0], [2, 6, 9], [1, 2, 1]),
      tf.stridedSlice(x(), [0, 3, 3], [6, 3, 9], [1, 1, 1]),
    ]);
    await alike(() => [tf.reverse(x(), 0), tf.reverse(x(), [0, 2]), tf.reverse(x(), 2), tf.reverse(floats([]))]);
  });
  it("joins and parts along every dimension", async () => {
    for (const axis of [0, 1, 2]) {
      const shape = (n: number): number[] => [3, 4, 5].map((s, d) => (d === axis ? n : s));
      await alike(() =>
        tf.concat(
          [1, 6, 0, 2].map((n, i) => floats(shape(n), i)),
          axis,
        ),
      );
      await alike(() => tf.split(floats(shape(9)), [2, 0, 6, 1], axis));
      await alike(() => tf.unstack(floats(shape(4)), axis));
      await alike(() =>
        tf.stack(
          [1, 2, 3].map((s) => integers([4, 3], s)),
          axis,
        ),
      );
    }
    await alike(() => [
      tf.stack([floats([]), floats([], 2)]),
      tf.concat([floats([0]), floats([0])]),
      tf.stack([floats([2])], 1),
    ]);
  });
  it("pads, tiles and broadcasts", async () => {
    await alike(() =>
      tf.pad(
        floats([3, 4, 5]),
        [
          [1, 2],
          [0, 0],
          [3, 1],
        ],
        -1.5,
      ),
    );
    await alike(() => [
      tf.pad(integers([7]), [[2, 0]], 9),
      tf.pad(
        floats([0, 2]),
        [
          [1, 1],
          [0, 1],
        ],
        2,
      ),
      tf.pad(floats([2, 3]), [
        [0, 0],
        [0, 0],
      ]),
    ]);
    await alike(() => [
      tf.tile(floats([2, 3, 4]), [3, 1, 2]),
      tf.tile(floats([5]), [0]),
      tf.tile(tf.greater(floats([3, 1]), 0), [2, 70]),
    ]);
    await alike(() => [tf.broadcastTo(floats([3, 1, 5]), [2, 3, 4, 5]), tf.broadcastTo(floats([]), [3, 2])]);
    await alike(() =>
      tf.batchToSpaceND(
        floats([6, 3, 2, 4]),
        [2, 3],
        [
          [1, 0],
          [1, 2],
        ],
      ),
    );
    await alike(() =>
      tf.spaceToBatchND(
        floats([2, 3, 5, 3]),
        [2, 3],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    );
  });
  it("changes types as JavaScript does", async () => {
    const odd = [NaN, Infinity, -Infinity, 0, -0, 0.9, -3.7, 2 ** 31, -(2 ** 31), 1e10, -1e20, 3e38, 2 ** 32 + 512];
    await alike(() => [
      tf.cast(tf.tensor1d(odd), "int32"),
      tf.cast(tf.tensor1d(odd), "bool"),
      tf.cast(floats([3000]), "int32"),
    ]);
    await alike(() => [tf.cast(integers([70]), "float32"), tf.cast(tf.sub(integers([70]), integers([70])), "bool")]);
    await alike(() => ["float32", "int32"].map((t) => tf.cast(tf.greater(floats([70]), 0), t as "int32")));
  });
  it("gathers, and names an index that is not there", async () => {
    const index = () => tf.tensor2d([3, 0, 3, 1], [2, 2], "int32");
    await alike(() => [0, 1, 2].map((axis) => tf.gather(floats([4, 5, 6]), index(), axis)));
    await alike(() => tf.gather(floats([2, 5, 6]), index(), 1, 1));
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([1, 3], "int32"))).toThrow("the index 3 is not in [0, 2]");
    await alike(() => [
      tf.oneHot(tf.tensor1d([0, 4, 2, -1], "int32"), 4),
      tf.oneHot(tf.tensor1d([1, 0], "int32"), 3, 0.5, -1, "float32"),
    ]);
    await alike(() => [
      tf.fill([2, 3], 7),
      tf.fill([70], 3, "int32"),
      tf.onesLike(integers([5])),
      tf.zerosLike(floats([0, 2])),
    ]);
  });
  it("the native side refuses to leave a tensor", () => {
    const { native } = backend();
    const [x, y] = [tf.ones([4, 5]), tf.zeros([4, 5])].map((t) => backend().any(t)) as [number, number];
    expect(() => native.copy(Int32Array.of(1, 0, 1, 20, 1, 1), x, y)).toThrow("smaller");
    expect(() => native.copy(Int32Array.of(1, 3, 0, 5, -1, 1), x, y)).toThrow("smaller");
    expect(() => native.copy(Int32Array.of(2, 0, 0, 2 ** 30, 2 ** 30, 2 ** 30, 1, 1, 1), x, y)).toThrow("smaller");
    expect(() => native.fill(Int32Array.of(1, 0, -1, 1), 1, y)).toThrow("negative");
    expect(() => native.binary(0, Int32Array.of(1, 21, 21, 1), x, x, y)).toThrow("elements");
    expect(() => native.reduce(0, Int32Array.of(1, 21, 1), x, y, 1)).toThrow("elements");
    expect(() => native.position(0, 4, 6, 1, x, y)).toThrow("elements");
    expect(() => native.unary(99, x, y, 0, 0)).toThrow("no such function");
  });
});

describe("floats held as bf16", () => {
  /** One rounding to 8 bits, of inputs that are exact in bf16; what is not rounded is compared as closely. */
  const close = (run: (...x: tf.Tensor[]) => Result, shapes: readonly (readonly number[])[], half: boolean): void =>
    tf.tidy(() => {
      const narrow = shapes.map((s, i) => halved(floats(s, i)));
      // Read before anything else, which would widen them for good.
      const result = run(...narrow);
      const results = Array.isArray(result) ? result : [result];
      expect(results.map(isHalf)).toEqual(results.map(() => half));
      const wide = narrow.map((t) => tf.tensor(t.dataSync().slice(), t.shape));
      const again = run(...wide);
      const wanted = Array.isArray(again) ? again : [again];
      results.forEach((t, k) => {
        const [a, b] = [t.dataSync(), wanted[k]!.dataSync()];
        expect(t.shape).toEqual(wanted[k]!.shape);
        a.forEach((v, i) => expect(Math.abs(v - b[i]!)).toBeLessThanOrEqual(2 ** -8 * Math.abs(b[i]!) + 1e-6));
      });
    });
  const shape = [3, 37, 19];
  const cases: readonly [string, (...x: tf.Tensor[]) => Result, readonly (readonly number[])[], boolean][] = [
    ["relu", tf.relu, [shape], true],
    ["leakyRelu", (x) => tf.leakyRelu(x!, 0.1), [shape], true],
    ["sigmoid", tf.sigmoid, [shape], true],
    ["isNaN", tf.isNaN, [shape], false],
    ["prelu", (x, a) => tf.prelu(x!, a!), [shape, [19]], true],
    ["add", (x, y) => tf.add(x!, y!), [shape, shape], true],
    ["sub", (x, y) => tf.sub(x!, y!), [shape, [3, 1, 19]], true],
    ["mul", (x, y) => tf.mul(x!, y!), [shape, [3, 37, 1]], true],
    ["div", (x) => tf.div(x!, 3), [shape], true],
    ["greater", (x, y) => tf.greater(x!, y!), [shape, shape], false],
    ["addN", (x, y, z) => tf.addN([x!, y!, z!]), [shape, shape, shape], true],
    ["where", (x, y) => tf.where(tf.ones([3, 37, 19], "bool"), x!, y!), [shape, shape], true],
    ["sum", (x) => [tf.sum(x!, 1), tf.mean(x!, 2), tf.max(x!, [0, 2])], [shape], false],
    ["argMax", (x) => tf.argMax(x!, 2), [shape], false],
    ["slice", (x) => tf.slice(x!, [1, 2, 3], [2, 30, 11]), [shape], true],
    ["concat", (x, y) => tf.concat([x!, y!], 2), [shape, [3, 37, 5]], true],
    ["split", (x) => tf.split(x!, [5, 14], 2), [shape], true],
    [
      "pad",
      (x) =>
        tf.pad(
          x!,
          [
            [0, 0],
            [2, 1],
            [1, 0],
          ],
          1.5,
        ),
      [shape],
      true,
    ],
    ["transpose", (x) => [tf.transpose(x!, [0, 2, 1]), tf.transpose(x!, [2, 0, 1])], [shape], true],
    ["cast", (x) => [tf.cast(x!, "int32"), tf.cast(x!, "bool")], [shape], false],
    ["tile", (x) => tf.tile(x!, [2, 1, 3]), [shape], true],
    ["gather", (x) => tf.gather(x!, tf.tensor1d([2, 0], "int32")), [shape], true],
  ];
  for (const [name, run, shapes, half] of cases) it(name, () => close(run, shapes, half));

  it("joins both forms in that of the larger, and adds in it", () =>
    tf.tidy(() => {
      const [wide, narrow] = [floats([2, 4]), halved(floats([2, 9], 3))];
      const both = tf.concat([wide, narrow], 1);
      expect([isHalf(both), isHalf(tf.add(narrow, tf.scalar(1))), isHalf(tf.add(wide, halved(tf.scalar(1))))]).toEqual([
        true,
        true,
        false,
      ]);
      const [a, b] = [both.dataSync(), tf.concat([wide, tf.tensor(narrow.dataSync().slice(), [2, 9])], 1).dataSync()];
      a.forEach((v, i) => expect(Math.abs(v - b[i]!)).toBeLessThanOrEqual(2 ** -8 * Math.abs(b[i]!)));
    }));
});
