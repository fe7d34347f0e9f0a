import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, rng, sizeOf } from "@spectrai/core";
import { checkGradient } from "@spectrai/testing";
import { beforeAll, expect, test } from "vitest";

function randomTensor(shape: readonly number[], key: string): tf.Tensor {
  const random = rng("test", key);
  return tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    [...shape],
  );
}

/** Runs the body and fails if it leaves tensors behind. */
async function balanced(body: () => void | Promise<void>): Promise<void> {
  await tf.ready();
  const before = tf.memory().numTensors;
  await body();
  expect(tf.memory().numTensors).toBe(before);
}

beforeAll(() => registerGradients());

const a = (shape: readonly number[] = [2, 3, 4]) => ["a", shape] as const;
const b = (shape: readonly number[] = [2, 3, 4]) => ["b", shape] as const;
type T = tf.Tensor;
/** Every kernel with a registered gradient: how it is called, on inputs of these shapes. Positive inputs come by squaring. */
const cases: Record<string, readonly [(...x: T[]) => T, ...(readonly (readonly [string, readonly number[]])[])]> = {
  abs: [(x) => tf.abs(x!), a()],
  "clip by value": [(x) => tf.clipByValue(x!, -0.5, 0.7), a()],
  cos: [(x) => tf.cos(x!), a()],
  erf: [(x) => tf.erf(x!), a()],
  log: [(x) => tf.log(tf.add(tf.square(x!), 0.5)), a()],
  log1p: [(x) => tf.log1p(tf.square(x!)), a()],
  sin: [(x) => tf.sin(x!), a()],
  softplus: [(x) => tf.softplus(x!), a()],
  square: [(x) => tf.square(x!), a()],
  elu: [(x) => tf.elu(x!), a()],
  exp: [(x) => tf.exp(x!), a()],
  expm1: [(x) => tf.expm1(x!), a()],
  "leaky relu": [(x) => tf.leakyRelu(x!, 0.3), a()],
  reciprocal: [(x) => tf.reciprocal(tf.add(tf.square(x!), 1)), a()],
  relu: [(x) => tf.relu(x!), a()],
  rsqrt: [(x) => tf.rsqrt(tf.add(tf.square(x!), 0.5)), a()],
  sigmoid: [(x) => tf.sigmoid(x!), a()],
  sqrt: [(x) => tf.sqrt(tf.add(tf.square(x!), 0.5)), a()],
  tanh: [(x) => tf.tanh(x!), a()],
  neg: [(x) => tf.neg(x!), a()],
  identity: [(x) => tf.mul(tf.clone(x!), x!), a()],
  cast: [(x) => tf.mul(tf.cast(x!, "float32"), x!), a()],
  add: [(x, y) => tf.add(x!, y!), a(), b()],
  "add, broadcast": [(x, y) => tf.add(x!, y!), a([3, 1, 4]), b([2, 1])],
  "add, a vector over channels": [(x, y) => tf.add(x!, y!), a(), b([4])],
  sub: [(x, y) => tf.sub(x!, y!), a(), b([1, 4])],
  mul: [(x, y) => tf.mul(x!, y!), a(), b([2, 1, 1])],
  div: [(x, y) => tf.div(x!, tf.add(tf.square(y!), 0.5)), a(), b([4])],
  maximum: [(x, y) => tf.maximum(x!, y!), a(), b([1, 3, 1])],
  minimum: [(x, y) => tf.minimum(x!, y!), a(), b()],
  "squared difference": [(x, y) => tf.squaredDifference(x!, y!), a(), b([4])],
  pow: [(x, y) => tf.pow(tf.add(tf.square(x!), 0.5), y!), a(), b([4])],
  "add n": [(x, y) => tf.addN([x!, y!, x!]), a(), b()],
  where: [(x, y) => tf.where(tf.greater(x!, y!), tf.mul(x!, 2), tf.square(y!)), a(), b()],
  prelu: [(x, y) => tf.prelu(x!, y!), a(), b([4])],
  "prelu, one slope": [(x, y) => tf.prelu(x!, y!), a(), b([1])],
  "prelu, a slope each": [(x, y) => tf.prelu(x!, y!), a(), b([3, 4])],
  "steps have none": [(x) => tf.mul(x!, tf.add(tf.step(x!), tf.sign(tf.add(x!, 9)))), a()],
  "sum of an axis": [(x) => tf.sum(x!, 1), a()],
  "sum of axes, kept": [(x) => tf.sum(x!, [0, -1], true), a()],
  sum: [(x) => tf.sum(x!), a()],
  mean: [(x) => tf.mean(x!, [1, 2]), a()],
  "mean of all": [(x) => tf.mean(x!), a()],
  max: [(x) => tf.max(x!, 1), a()],
  min: [(x) => tf.min(x!, [0, 2], true), a()],
  cumsum: [(x) => tf.cumsum(x!, 1), a()],
  "cumsum, exclusive, in reverse": [(x) => tf.cumsum(x!, 2, true, true), a()],
  softmax: [(x) => tf.softmax(x!), a()],
  "log softmax": [(x) => tf.logSoftmax(x!), a()],
  reshape: [(x) => tf.square(tf.reshape(x!, [4, -1])), a()],
  "expand and squeeze": [(x) => tf.squeeze(tf.expandDims(x!, 1), [1]), a()],
  transpose: [(x) => tf.transpose(x!, [2, 0, 1]), a()],
  "transpose, reversed": [(x) => tf.transpose(x!), a()],
  concat: [(x, y) => tf.concat([x!, y!], 1), a(), b([2, 2, 4])],
  "concat, last axis": [(x, y) => tf.concat([x!, y!], -1), a(), b()],
  split: [(x) => tf.mul(...(tf.split(x!, 2, 2) as [T, T])), a()],
  stack: [(x, y) => tf.stack([x!, y!], 1), a(), b()],
  unstack: [(x) => tf.mul(...(tf.unstack(x!, 0) as [T, T])), a()],
  slice: [(x) => tf.slice(x!, [0, 1, 1], [2, 2, -1]), a()],
  "slice, leading axes": [(x) => tf.slice(x!, [1]), a()],
  pad: [
    (x) =>
      tf.pad(
        x!,
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        3,
      ),
    a(),
  ],
  tile: [(x) => tf.tile(x!, [2, 1, 3]), a()],
  "broadcast to": [(x) => tf.broadcastTo(x!, [2, 3, 4]), a([3, 1])],
  reverse: [(x) => tf.reverse(x!, [0, 2]), a()],
  "space to batch": [(x) => tf.spaceToBatchND(x!, [2], [[1, 0]]), a()],
  "batch to space": [(x) => tf.batchToSpaceND(x!, [2], [[0, 1]]), a()],
  gather: [(x) => tf.gather(x!, [2, 0, 2, 1], 1), a()],
  matmul: [(x, y) => tf.matMul(x!, y!), a(), b([2, 4, 5])],
  "matmul, transposed": [(x, y) => tf.matMul(x!, y!, true, true), a(), b([2, 5, 3])],
  "matmul, transposed b": [(x, y) => tf.matMul(x!, y!, false, true), a(), b([2, 5, 4])],
  "matmul, broadcast": [(x, y) => tf.matMul(x!, y!), a([1, 3, 4]), b([2, 4, 2])],
  conv2d: [(x, y) => tf.conv2d(x as tf.Tensor4D, y as tf.Tensor4D, [1, 2], "same"), a([1, 4, 5, 2]), b([3, 2, 2, 3])],
  "conv2d, transposed": [
    (x, y) => tf.conv2dTranspose(x as tf.Tensor4D, y as tf.Tensor4D, [1, 4, 6, 2], 2, "same"),
    a([1, 2, 3, 3]),
    b([3, 3, 2, 3]),
  ],
  "depthwise conv2d": [
    (x, y) => tf.depthwiseConv2d(x as tf.Tensor4D, y as tf.Tensor4D, 1, "valid"),
    a([1, 4, 5, 2]),
    b([3, 2, 2, 2]),
  ],
  conv3d: [(x, y) => tf.conv3d(x as tf.Tensor5D, y as tf.Tensor5D, 1, "same"), a([1, 3, 2, 3, 2]), b([2, 2, 2, 2, 1])],
  "max pool": [(x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "same"), a([1, 5, 4, 2])],
  "max pool 3d": [(x) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, "valid"), a([1, 4, 4, 4, 1])],
  "average pool": [(x) => tf.avgPool(x as tf.Tensor4D, [2, 3], 1, "valid"), a([1, 5, 4, 2])],
  "average pool 3d": [(x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, "valid"), a([1, 4, 4, 4, 1])],
};

test.each(Object.entries(cases))("%s", (_, [f, ...inputs]) =>
  balanced(() => {
    const tensors = inputs.map(([key, shape]) => randomTensor(shape, key));
    checkGradient(f, tensors, { samples: 30 });
    tf.dispose(tensors);
  }),
);

// Each term's gradient is the same tensor, and is added to others in every order.
test.each<[string, (p: T, q: T) => T]>([
  ["a + b first", (p, q) => tf.add(tf.add(p, q), tf.mul(p, 2))],
  ["a + b last", (p, q) => tf.add(tf.mul(p, 2), tf.add(q, p))],
  ["a + a", (p, q) => tf.add(tf.add(p, p), tf.add(q, tf.add(p, q)))],
  ["a − b, tiled once", (p, q) => tf.sub(tf.tile(p, [1, 1]), tf.add(tf.add(q, p), tf.tile(q, [1, 1])))],
])("a gradient shared by several terms: %s", (_, f) =>
  balanced(() => {
    const [x, y] = [randomTensor([2, 3], "p"), randomTensor([2, 3], "q")];
    checkGradient((p, q) => f(tf.square(p!), tf.neg(q!)), [x, y]);
    tf.dispose([x, y]);
  }),
);

test("batch norm by given statistics, with respect to all of them", () =>
  balanced(() => {
    const tensors = [[2, 2, 3, 4], [4], [4], [4], [4]].map((shape, i) => randomTensor(shape, `bn ${i}`));
    const f = (x: T, mean: T, spread: T, offset: T, scale: T): T =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.add(tf.square(spread), 0.5) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      );
    checkGradient(f as (...x: T[]) => T, tensors);
    tf.dispose(tensors);
  }));

test.each<[string, (x: T) => T]>([
  [
    "Conv2D has no gradient for a dilation of 2; use conv",
    (x) => tf.conv2d(x as tf.Tensor4D, tf.ones([3, 3, 1, 1]), 1, "same", "NHWC", 2),
  ],
  ["AvgPool has no gradient for padded windows; use averagePool", (x) => tf.avgPool(x as tf.Tensor4D, 3, 1, "same")],
  ["ResizeBilinear has no gradient; use upsample", (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [5, 5])],
])("what has no right gradient says so: %s", (message, f) => {
  const x = tf.ones([1, 6, 6, 1]);
  expect(() => tf.grad((at: T) => tf.sum(f(at)))(x)).toThrow(
    `${message} of @spectrai/nn`.replace("upsample of", "upsample or interpolate of"),
  );
  x.dispose();
});

test("leaves gradients alone that are there already", () => {
  const mine: tf.GradConfig = { kernelName: tf.Tan, gradFunc: () => ({}) };
  tf.registerGradient(mine);
  registerGradients();
  expect(tf.getGradient(tf.Tan)).toBe(mine);
  tf.unregisterGradient(tf.Tan);
});
