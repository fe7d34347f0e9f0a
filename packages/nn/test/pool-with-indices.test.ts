import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { onednnBackend } from "@spectrai/backend-onednn";
import { wasmBackend } from "@spectrai/backend-wasm";
import { registerGradients, rng, sizeOf } from "@spectrai/core";
import { checkGradient, referenceBackends } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { maxPoolWithIndices, maxUnpool } from "../src/index.ts";
import { slowPool, slowUnpool } from "./slow-pool.ts";
import { balanced, randomTensor } from "./support.ts";

const backends = await referenceBackends([onednnBackend, wasmBackend]);

/** Few different values, many of them equal within a window, half of them 0 as after a ReLU. */
const tied = (shape: readonly number[]): tf.Tensor => {
  const random = rng("ties", ...shape);
  return tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => Math.max(0, random.integer(5) - 2)),
    [...shape],
  );
};

const cases = [
  ["1-D, a point left over", [2, 7, 3], [2]],
  ["2-D", [2, 6, 4, 3], [2, 2]],
  ["2-D, odd both ways", [1, 5, 7, 2], [2, 2]],
  ["2-D, windows of 3 × 2", [2, 7, 5, 2], [3, 2]],
  ["2-D, windows of 1 × 3", [1, 2, 6, 1], [1, 3]],
  ["3-D", [1, 4, 6, 2, 3], [2, 2, 2]],
  ["3-D, odd every way", [2, 3, 5, 7, 1], [2, 2, 2]],
  ["3-D, windows of 2 × 1 × 3", [1, 5, 3, 6, 2], [2, 1, 3]],
] as const;

describe.each(Object.keys(backends))("on %s", (backend) => {
  beforeAll(async () => {
    await backends[backend]!();
    registerGradients();
  });

  test.each(cases)("%s: values, indices and un-pooling are those of the slow version", (_, shape, size) =>
    balanced(() => {
      const options = { dimension: size.length as 1 | 2 | 3, size };
      for (const x of [randomTensor(shape, "pool"), tied(shape)]) {
        const { values, indices } = maxPoolWithIndices(x, options);
        const expected = slowPool({ shape, values: x.dataSync() }, size);
        expect([...values.dataSync()]).toEqual(expected.values);
        expect([...indices.dataSync()]).toEqual(expected.indices);
        expect(indices.dtype).toBe("int32");

        const other = randomTensor(values.shape, "un-pool");
        const back = maxUnpool(other, indices, shape.slice(1, -1), options);
        expect(back.shape).toEqual(shape);
        expect([...back.dataSync()]).toEqual(
          slowUnpool({ shape: other.shape, values: other.dataSync() }, expected.indices, shape, size),
        );
        tf.dispose([x, values, indices, other, back]);
      }
    }),
  );

  test.each(cases)("%s: gradients are those of finite differences", (_, shape, size) =>
    balanced(() => {
      const options = { dimension: size.length as 1 | 2 | 3, size };
      // Neighbours at least 0.1 apart, so that no finite difference changes a choice.
      const order = [...Array.from({ length: sizeOf(shape) }).keys()];
      const random = rng("order");
      for (let i = order.length - 1; i > 0; i--) {
        const k = random.integer(i + 1);
        [order[i], order[k]] = [order[k]!, order[i]!];
      }
      const x = tf.tensor(
        order.map((v) => v / 10),
        [...shape],
      );
      checkGradient((at) => maxPoolWithIndices(at!, options).values, [x]);
      const { values, indices } = maxPoolWithIndices(x, options);
      checkGradient((at) => maxUnpool(at!, indices, shape.slice(1, -1), options), [values]);
      // Both at once, the indices being those of the point where the gradient is taken.
      checkGradient(
        (at) => {
          const pooled = maxPoolWithIndices(at!, options);
          return maxUnpool(tf.square(pooled.values), pooled.indices, shape.slice(1, -1), options);
        },
        [x],
        { rtol: 5e-3 },
      );
      tf.dispose([x, values, indices]);
    }),
  );
});

describe("what does not fit", () => {
  test("a window", () =>
    balanced(() => {
      const x = tf.zeros([1, 1, 4, 2]);
      expect(() => maxPoolWithIndices(x, { dimension: 2 })).toThrow(
        "A pooling window of [2, 2] points does not fit in a tensor [1, 1, 4, 2].",
      );
      x.dispose();
    }));

  test("indices of another pooling", () =>
    balanced(() => {
      const x = tf.zeros([1, 4, 4, 2]);
      const { values, indices } = maxPoolWithIndices(x, { dimension: 2 });
      expect(() => maxUnpool(values, indices, [6, 4], { dimension: 2 })).toThrow(
        "Un-pooling to [6, 4] points by windows of [2, 2] needs values and indices [1, 3, 2, 2], and got values [1, 2, 2, 2] and indices [1, 2, 2, 2].",
      );
      tf.dispose([x, values, indices]);
    }));
});
