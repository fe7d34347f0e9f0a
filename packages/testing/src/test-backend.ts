import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { type BackendCase, backendCases, operationCase, type Value } from "@spectrai/parity";
import { describe, expect, it } from "vitest";
import { expectAllClose, type Tolerance } from "./close.ts";

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

/** What a case gives on the `cpu` backend. */
const references = new WeakMap<BackendCase, readonly Value[]>();

/** What a case gives on a backend; it must leave no tensor there. */
async function evaluate(backend: string, one: BackendCase): Promise<readonly Value[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const values = await operationCase(one).evaluate();
  expect(tf.memory().numTensors, `tensors left behind on ${backend}`).toBe(before);
  return values;
}
