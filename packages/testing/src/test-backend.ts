import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { registerGradients, rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import type { BackendCase, RandomInput } from "./backend-cases/case.ts";
import { backendCases } from "./backend-cases/index.ts";
import { expectAllClose, type Tolerance } from "./close.ts";
import { take } from "./read.ts";

export interface BackendOptions {
  /** Allowed difference from the `cpu` backend; rtol is relative to the largest magnitude. Default 2e-5 and 1e-6. */
  readonly tolerance?: Tolerance;
  /** Cases to leave out, by title or the beginning of one, each with a reason for the reader. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Further cases. */
  readonly cases?: readonly BackendCase[];
}

const fallback: Tolerance = { rtol: 2e-5, atol: 1e-6 };

/**
 * Compares a backend with tfjs's `cpu` backend on the operations that networks are made of: values and gradients, odd
 * sizes, strides, dilation, broadcasting, empty tensors; and checks that none of them leaves a tensor behind. Call it in a
 * test file whose `beforeAll` has initialized the backend; it registers the tests and prints the kernels that are missing.
 *
 * @param name - the name the backend registers under in tfjs
 */
export function testBackend(name: string, { tolerance = fallback, skip = {}, cases = [] }: BackendOptions = {}): void {
  describe(`backend ${name}`, () => {
    it("says which of tfjs's kernels it lacks", async () => {
      expect(await tf.setBackend(name), `backend "${name}" is registered and starts`).toBe(true);
      const has = new Set(tf.getKernelsForBackend(name).map((k) => k.kernelName));
      const missing = tf
        .getKernelsForBackend("cpu")
        .map((k) => k.kernelName)
        .filter((k) => !has.has(k));
      console.info(`${name}: ${has.size} kernels; missing: ${missing.sort().join(", ") || "none"}`);
      expect(has.size).toBeGreaterThan(0);
    });

    for (const one of [...backendCases(), ...cases]) {
      const reason = Object.entries(skip).find(([title]) => one.title.startsWith(title))?.[1];
      const title = reason ? `${one.title} (left out: ${reason})` : one.title;
      it.skipIf(reason !== undefined)(title, async () => {
        await compareBackends(name, one, tolerance);
      });
    }
  });
}

/**
 * Evaluates a case on tfjs's `cpu` backend (once, however many backends are compared with it) and on another.
 *
 * @throws when a shape, type, value or gradient differs, or a tensor is left behind; it says which
 */
export async function compareBackends(name: string, one: BackendCase, tolerance: Tolerance = fallback): Promise<void> {
  registerGradients();
  const expected = references.get(one) ?? (await evaluate("cpu", one));
  references.set(one, expected);
  const actual = await evaluate(name, one);
  expect(actual.map((r) => [r.what, r.dtype, r.shape])).toEqual(expected.map((r) => [r.what, r.dtype, r.shape]));
  expected.forEach((e, i) => {
    try {
      expectAllClose(actual[i]!.values, e.values, tolerance);
    } catch (error) {
      throw new Error(`${e.what} of ${one.title}: ${(error as Error).message}`, { cause: error });
    }
  });
}

interface Evaluated {
  readonly what: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** What a case gives on the `cpu` backend. */
const references = new WeakMap<BackendCase, readonly Evaluated[]>();

/** Outputs, then gradients, of a case on a backend; its tensors are freed and counted. */
async function evaluate(backend: string, { title, inputs, run, gradients = [] }: BackendCase): Promise<Evaluated[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const tensors = inputs.map((input, i) => make(`${title}/${i}`, "shape" in input ? input : { shape: input }));
  try {
    const results = tf.tidy(() => {
      const outputs = [run(...tensors)].flat();
      const all = outputs.map((t, i) => ({ what: outputs.length > 1 ? `output ${i}` : "the output", t }));
      if (gradients.length === 0 || outputs.every((t) => t.size === 0)) return all;
      const weights = outputs.map((t, i) => make(`${title}/weight ${i}`, { shape: t.shape }));
      const { grads } = tf.valueAndGrads((...xs: tf.Tensor[]) => {
        const given = [...tensors];
        gradients.forEach((at, i) => (given[at] = xs[i]!));
        const sums = [run(...given)].flat().map((t, i) => tf.sum(tf.mul(t, weights[i]!)));
        return sums.reduce((a, b) => tf.add(a, b));
      })(gradients.map((at) => tensors[at]!));
      return [...all, ...grads.map((t, i) => ({ what: `the gradient with respect to input ${gradients[i]!}`, t }))];
    });
    const values = await take(results.map((r) => r.t));
    return results.map(({ what, t }, i) => ({ what, dtype: t.dtype, shape: t.shape, values: values[i]! }));
  } finally {
    tf.dispose(tensors);
    expect(tf.memory().numTensors, `tensors left behind on ${backend}`).toBe(before);
  }
}

function make(key: string, { shape, low = -2, high = 2, dtype = "float32" }: RandomInput): tf.Tensor {
  const r = rng("backend", key);
  const size = tf.util.sizeFromShape([...shape]);
  const draw =
    dtype === "bool"
      ? () => (r.chance(0.5) ? 1 : 0)
      : dtype === "int32"
        ? () => low + r.integer(high - low)
        : () => r.uniform(low, high);
  const values = Float32Array.from({ length: size }, draw);
  const data = dtype === "float32" ? values : dtype === "bool" ? Uint8Array.from(values) : Int32Array.from(values);
  return tf.tensor(data, [...shape], dtype);
}
