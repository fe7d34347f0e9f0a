import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import type { WebGpu } from "../backend.ts";
import { output } from "../program.ts";
import { multiply } from "./gemm.ts";
import { type Ending, endingOf, finished, plainEnding } from "./gemm-ending.ts";
import { matrix } from "./gemm-factor.ts";
import { replace } from "./kernel.ts";

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Batch dimensions that a tensor may have beside the matrix's two. */
const most = 4;
const names = Array.from({ length: most }, (_, i) => i + 1);

/** Each batch's matrices, by the batch dimensions `outer1`…`outer4` and the steps in memory along them, 0 where it is broadcast. */
const byBatch = {
  key: "by batch",
  scalars: Object.fromEntries(
    ["outer", "leftStep", "rightStep"].flatMap((n) => names.map((i) => [`${n}${i}`, "u32"])),
  ) as Record<string, "u32">,
  code: `
    var rest = batch;
    ${names
      .toReversed()
      .map(
        (i) => `
    leftBase += rest % scalars.outer${i} * scalars.leftStep${i};
    rightBase += rest % scalars.outer${i} * scalars.rightStep${i};
    rest /= scalars.outer${i};`,
      )
      .join("")}`,
};

const padded = (outer: readonly number[]): number[] => [
  ...Array.from({ length: most - outer.length }, () => 1),
  ...outer,
];

/** Steps along the batch dimensions, in elements. */
function steps(shape: readonly number[]): number[] {
  let step = shape.at(-1)! * shape.at(-2)!;
  return padded(shape.slice(0, -2))
    .toReversed()
    .map((size) => {
      const own = size === 1 ? 0 : step;
      step *= size;
      return own;
    })
    .toReversed();
}

const numbered = (name: string, values: readonly number[]): [string, number][] =>
  values.map((v, i) => [`${name}${i + 1}`, v]);

/**
 * Matrix products, batch dimensions broadcast: in place of tfjs's, which are wrong where both factors are broadcast and add in an
 * order that differs from run to run where the inner dimension is long (float atomics).
 */
function matMul(
  backend: WebGpu,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: Attrs,
  ending: Ending = plainEnding,
): tf.TensorInfo {
  if (a.dtype !== "float32" || b.dtype !== "float32")
    throw refused(a, b, `is of ${a.dtype} and ${b.dtype}; cast both to float32`);
  const [ra, ca] = a.shape.slice(-2) as [number, number];
  const [rb, cb] = b.shape.slice(-2) as [number, number];
  let [rows, inner] = transposeA ? [ca, ra] : [ra, ca];
  const [other, columns] = transposeB ? [cb, rb] : [rb, cb];
  if (inner !== other) throw refused(a, b, `has the inner sizes ${inner} and ${other}; they must be equal`);
  if (Math.max(a.shape.length, b.shape.length) > most + 2)
    throw refused(a, b, `has more than ${most} batch dimensions; reshape to fewer`);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const result = output(backend, [...outer, rows, columns]);
  let batches = tf.util.sizeFromShape(outer);
  if (batches * rows * columns === 0) return result;
  // One matrix on the right for all on the left, whose rows follow each other: one product.
  const sole = !transposeA && batches > 1 && tf.util.sizeFromShape(b.shape.slice(0, -2)) === 1;
  if (sole && tf.util.sizeFromShape(a.shape.slice(0, -2)) === batches) [rows, batches] = [rows * batches, 1];
  multiply(backend, {
    left: matrix("left", transposeA ? "outer" : "inner", ca % 4 === 0),
    right: matrix("right", transposeB ? "inner" : "outer", cb % 4 === 0),
    leftTensor: a,
    rightTensor: b,
    result,
    rows,
    columns,
    inner,
    batches,
    ending,
    ...(batches > 1 && {
      setup: byBatch,
      values: Object.fromEntries([
        ...numbered("outer", padded(outer)),
        ...numbered("leftStep", steps(a.shape)),
        ...numbered("rightStep", steps(b.shape)),
      ]),
    }),
  });
  return result;
}

const refused = (a: tf.TensorInfo, b: tf.TensorInfo, what: string): SpectraiError =>
  new SpectraiError(
    "SPECTRAI_BACKEND_OP",
    `The matrix product of [${a.shape.join(", ")}] and [${b.shape.join(", ")}] ${what}.`,
  );

interface Factors {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
}

export function registerMatMul(): void {
  replace("BatchMatMul", ({ inputs, backend, attrs }) => {
    const { a, b } = inputs as unknown as Factors;
    return matMul(backend, a, b, attrs as unknown as Attrs);
  });
  replace("_FusedMatMul", ({ inputs, backend, attrs }) => {
    const { a, b } = inputs as unknown as Factors;
    const how = attrs as unknown as Attrs;
    const columns = b.shape.at(how.transposeB ? -2 : -1)!;
    return finished(backend, endingOf(inputs, attrs), columns, (ending) => matMul(backend, a, b, how, ending));
  });
}
