import * as tf from "@tensorflow/tfjs-core";
import {
  type Augmentation,
  type Axis,
  type BatchAugmentation,
  type Component,
  indexAxis,
  isSpectraiError,
  type JsonObject,
  type LabelArray,
  linearAxis,
  rng,
  type SampleAugmentation,
  type SpectralArray,
  spectralArray,
  type Transform,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { expectAllClose } from "./close.ts";
import { take } from "./read.ts";

/** How a transform or augmentation is put to the test. */
export interface ConformanceCase {
  /** Options as a user writes them; absent = none, which every component should be able to do with. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** A valid float64 spectrum or cube; absent = a made-up spectrum and a made-up cube. */
  readonly input?: SpectralArray;
  /** Services that `create` asks for. */
  readonly deps?: Readonly<Record<string, unknown>>;
  /** False for steps that look at a cube as a whole; absent = true unless the step is spatial. */
  readonly perPixel?: boolean;
  /** Whether equal input of either precision must give the same numbers, rounded; absent = true. */
  readonly exactSingle?: boolean;
}

/**
 * What every transform must hold: it validates and describes its options, leaves its argument alone, keeps the element
 * type, agrees with its own `axis()`, gives the same numbers every time, treats the pixels of a cube as single spectra,
 * stays finite, ends in a SpectraiError or a finite result on constant, zero and one-point spectra, undoes with
 * `inverse` what `apply` did, and gives with `tensor` what `apply` gives. Call it in a test file, which for transforms with a
 * tensor form has imported a tfjs backend; it registers the tests.
 */
export function testTransform(component: Component<"transform">, spec: ConformanceCase = {}): void {
  const make = async (): Promise<Transform> => component.create(parse(component, spec.options ?? {}), spec.deps ?? {});
  const stateFor = (t: Transform, x: SpectralArray): JsonObject | undefined => t.fit?.([x]);
  const inputs = spec.input ? [spec.input] : [exampleSpectrum(), exampleCube()];

  describe(`transform ${component.name} ${JSON.stringify(spec.options ?? {})}`, () => {
    testOptions(component, spec.options ?? {});

    for (const x of inputs) {
      // A step on pixels must refuse spectra; what else it must hold is asked of cubes.
      const refused = async (): Promise<boolean> => {
        const t = await make();
        if (t.affects !== "spatial" || x.shape.length === 3) return false;
        expect(tryApply(t, x, undefined)).toBeUndefined();
        return true;
      };
      describe(`on [${x.shape.join(", ")}]`, () => {
        it("leaves its argument alone and gives the same result every time", async () => {
          if (await refused()) return;
          const t = await make();
          const state = stateFor(t, x);
          const kept = x.data.slice();
          const first = t.apply(x, state);
          expectSame(x.data, kept);
          const values = first.data.slice();
          // Neither another length nor other values may leave their traces.
          tryApply(t, exampleSpectrum(x.shape.at(-1)! + 7), state);
          tryApply(t, spectralArray(x.data.toReversed(), x.shape, x.axis), state);
          expectSame(first.data, values, "an earlier result was written over");
          expectSame(t.apply(x, state).data, values);
          expectSame((await make()).apply(x, state).data, values);
        });

        it("has the shape and axis it says, and finite values", async () => {
          if (await refused()) return;
          const t = await make();
          const y = t.apply(x, stateFor(t, x));
          expectConsistent(y);
          expect(y.axis).toEqual(t.axis ? t.axis(x.axis) : x.axis);
          if (t.affects !== "spectral") expect(y.shape.at(-1)).toBe(x.shape.at(-1));
          if (t.affects !== "spatial") expect(y.shape.slice(0, -1)).toEqual(x.shape.slice(0, -1));
        });

        it("keeps the element type and computes in float64", async () => {
          if (await refused()) return;
          const t = await make();
          const single = asSingle(x);
          const state = stateFor(t, single);
          const y = t.apply(single, state);
          expect(y.dtype).toBe("float32");
          expect(y.data).toBeInstanceOf(Float32Array);
          const exact = t.apply(asDouble(single), state);
          expect(exact.dtype).toBe("float64");
          expect(exact.data).toBeInstanceOf(Float64Array);
          if (spec.exactSingle !== false) expectSame(y.data, Float32Array.from(exact.data));
        });

        it("keeps what it learnt as JSON", async () => {
          if (await refused()) return;
          const t = await make();
          const state = stateFor(t, x);
          const stored = state && (JSON.parse(JSON.stringify(state)) as JsonObject);
          expect(stored).toEqual(state);
          expectSame(t.apply(x, stored).data, t.apply(x, state).data);
        });

        it("gives the same on a batch of tensors, where it can", async () => {
          if (await refused()) return;
          const t = await make();
          if (!t.tensor) return;
          await tf.ready();
          const state = stateFor(t, x);
          const other = spectralArray(x.data.toReversed(), x.shape, x.axis);
          const expected = [x, other].map((sample) => t.apply(sample, state));
          const before = tf.memory().numTensors;
          const result = tf.tidy(() => {
            const batch = tf.tensor(Float32Array.from([...x.data, ...other.data]), [2, ...x.shape]);
            return t.tensor!(batch, x.axis, state);
          });
          expect(result.shape).toEqual([2, ...expected[0]!.shape]);
          const [values] = await take([result]);
          // float32 with sums and differences of values of the spectrum's size.
          expectAllClose(
            values!,
            expected.flatMap((y) => [...y.data]),
            { rtol: 1e-5 },
          );
          if (t.inverse) {
            expect(t.inverseTensor, "undone as tensors, too").toBeDefined();
            const back = expected.map((y, i) => t.inverse!(y, [x, other][i]!, state));
            const inverse = tf.tidy(() => {
              const batch = tf.tensor(Float32Array.from([...x.data, ...other.data]), [2, ...x.shape]);
              return t.inverseTensor!(t.tensor!(batch, x.axis, state), batch, x.axis, state);
            });
            const [undone] = await take([inverse]);
            expectAllClose(
              undone!,
              back.flatMap((y) => [...y.data]),
              { rtol: 1e-5 },
            );
          }
          expect(tf.memory().numTensors, "tensors left behind").toBe(before);
        });

        it("undoes itself where it can", async () => {
          if (await refused()) return;
          const t = await make();
          if (!t.inverse) return;
          const state = stateFor(t, x);
          const y = t.apply(x, state);
          const kept = y.data.slice();
          const back = t.inverse(y, x, state);
          expectSame(y.data, kept);
          if (y.data.length < x.data.length) return; // what was cut off cannot come back
          expect(back.shape).toEqual(x.shape);
          expect(back.axis).toEqual(x.axis);
          expectAllClose(back.data, x.data, { rtol: 1e-9 });
        });
      });
    }

    it("treats the pixels of a cube as single spectra", async () => {
      const t = await make();
      if (!(spec.perPixel ?? t.affects !== "spatial")) return;
      const cube = spec.input?.shape.length === 3 ? spec.input : exampleCube();
      const state = stateFor(t, cube);
      const whole = t.apply(cube, state);
      const [length, made] = [cube.shape[2]!, whole.shape[2]!];
      for (let s = 0; s * length < cube.data.length; s++) {
        const pixel = spectralArray(cube.data.slice(s * length, (s + 1) * length), [length], cube.axis);
        expectAllClose(t.apply(pixel, state).data, whole.data.slice(s * made, (s + 1) * made), { rtol: 1e-12 });
      }
    });

    it("ends in a clear error or finite numbers on constant, zero, NaN and one-point spectra", async () => {
      const { axis, data } = exampleSpectrum();
      const odd = [0, 1, -2.5].map((v) =>
        spectralArray(
          data.map(() => v),
          [data.length],
          axis,
        ),
      );
      odd.push(spectralArray(Float64Array.of(1), [1]), spectralArray(Float64Array.of(3, 1), [2]));
      for (const x of odd) {
        const t = await make();
        const y = tryApply(t, x, t.fit ? stateFor(t, exampleSpectrum()) : undefined);
        if (y) expectConsistent(y);
      }
      const t = await make();
      tryApply(
        t,
        spectralArray(
          data.map((v, i) => (i === 3 ? NaN : v)),
          [data.length],
          axis,
        ),
        stateFor(t, exampleSpectrum()),
      );
    });

    it("moves masks if it moves pixels", async () => {
      const t = await make();
      if (t.affects !== "spatial") return expect("applyMask" in t).toBe(false);
      const cube = spec.input?.shape.length === 3 ? spec.input : exampleCube();
      const mask = exampleMask(cube);
      const kept = mask.data.slice();
      const moved = t.applyMask!(mask);
      expect(mask.data).toEqual(kept);
      expectMask(moved, t.apply(cube));
    });
  });
}

/**
 * What every augmentation must hold: parameters drawn from equal streams are equal and survive JSON, applying them is
 * deterministic and leaves the argument alone, the element type is kept, values stay finite, masks move with pixels.
 */
export function testAugmentation(component: Component<"augmentation">, spec: ConformanceCase = {}): void {
  const make = async (): Promise<Augmentation> =>
    component.create(parse(component, spec.options ?? {}), spec.deps ?? {});
  const inputs = spec.input ? [spec.input] : [exampleSpectrum(), exampleCube()];

  describe(`augmentation ${component.name} ${JSON.stringify(spec.options ?? {})}`, () => {
    testOptions(component, spec.options ?? {});

    it("replays from its record", async () => {
      const a = await make();
      if (a.scope === "batch") return replayBatch(a);
      for (const x of inputs)
        if (a.affects !== "spatial" || x.shape.length === 3) replaySample(a, x, spec.exactSingle !== false);
    });
  });
}

const draws = 20;

function replaySample(a: SampleAugmentation, x: SpectralArray, exactSingle: boolean): void {
  let drawn = 0;
  const kept = x.data.slice();
  for (let i = 0; i < draws; i++) {
    const params = a.sample(x, rng("conformance", i));
    expect(a.sample(x, rng("conformance", i))).toEqual(params);
    if (params === null) continue;
    drawn++;
    const stored = JSON.parse(JSON.stringify(params)) as JsonObject;
    expect(stored, "the record does not survive JSON").toEqual(params);
    const y = a.apply(x, params);
    expectSame(x.data, kept, "the argument was changed");
    expectConsistent(y);
    if (a.affects !== "spatial") expect(y.shape).toEqual(x.shape);
    expectSame(a.apply(x, stored).data, y.data);
    const single = asSingle(x);
    const rounded = a.apply(single, params);
    expect(rounded.dtype).toBe("float32");
    if (exactSingle) expectSame(rounded.data, Float32Array.from(a.apply(asDouble(single), params).data));
    if (a.affects !== "spatial") continue;
    const mask = exampleMask(x);
    const labels = mask.data.slice();
    expectMask(a.applyMask!(mask, params), y);
    expect(mask.data).toEqual(labels);
  }
  expect(drawn, `${draws} draws left every sample as it was`).toBeGreaterThan(0);
}

function replayBatch(a: BatchAugmentation): void {
  const [size, points] = [6, 5];
  const batch = () => ({
    size,
    input: Float32Array.from({ length: size * points }, (_, i) => Math.sin(i)),
    target: Float32Array.from({ length: size * points }, (_, i) => Math.cos(i)),
  });
  let drawn = 0;
  for (let i = 0; i < draws; i++) {
    const params = a.sample(size, rng("conformance", i));
    expect(a.sample(size, rng("conformance", i))).toEqual(params);
    if (params === null) continue;
    drawn++;
    const first = batch();
    const second = batch();
    a.apply(first, params);
    a.apply(second, JSON.parse(JSON.stringify(params)) as JsonObject);
    expect(second).toEqual(first);
    expect([...first.input, ...first.target].every(Number.isFinite)).toBe(true);
  }
  expect(drawn, `${draws} draws left every batch as it was`).toBeGreaterThan(0);
}

function testOptions(component: Component, options: Readonly<Record<string, unknown>>): void {
  it("describes itself and every option", () => {
    expect(component.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(component.summary).toMatch(/^[A-Z].*\.$/s);
    const { properties } = component.schema["~standard"].jsonSchema.output({ target: "draft-2020-12" }) as {
      properties?: Record<string, { description?: string; group?: string }>;
    };
    for (const [name, option] of Object.entries(properties ?? {})) {
      expect(option.description, `option ${name}`).toMatch(/^[A-Z].*\.$/s);
      expect(option.group, `option ${name}`).toBeTruthy();
    }
  });

  it("takes its own resolved options back, through JSON, and refuses others", () => {
    const resolved = parse(component, options);
    expect(parse(component, JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
    expect(() => parse(component, { ...options, noSuchOption: 1 })).toThrow("noSuchOption");
  });
}

function parse(component: Component, options: unknown): unknown {
  const result = component.schema["~standard"].validate(options);
  if (result instanceof Promise) throw new Error(`the schema of ${component.name} validates asynchronously`);
  if (result.issues) throw new Error(`${component.name}: ${result.issues.map((i) => i.message).join("; ")}`);
  return result.value;
}

/** The result, or undefined where the transform refused with a SpectraiError. */
function tryApply(t: Transform, x: SpectralArray, state: JsonObject | undefined): SpectralArray | undefined {
  try {
    return t.apply(x, state);
  } catch (error) {
    if (!isSpectraiError(error)) throw error;
    expect(error.message).toMatch(/^[A-Z].*\.$/s);
    return undefined;
  }
}

/** Equality without the cost of a general comparison. */
function expectSame(actual: ArrayLike<number>, expected: ArrayLike<number>, message = "the numbers differ"): void {
  let at = 0;
  while (at < expected.length && Object.is(actual[at], expected[at])) at++;
  if (at < expected.length || actual.length !== expected.length)
    expect.fail(
      `${message}: value ${at} is ${actual[at]}, expected ${expected[at]}; lengths ${actual.length} and ${expected.length}`,
    );
}

function expectConsistent(y: SpectralArray): void {
  expect(y.data.length).toBe(y.shape.reduce((n, d) => n * d, 1));
  expect(y.shape.at(-1)).toBe(y.axis.values.length);
  expect(y.data.every(Number.isFinite), "a value is not finite").toBe(true);
}

function expectMask(mask: LabelArray, cube: SpectralArray): void {
  expect(mask.shape).toEqual(cube.shape.slice(0, 2));
  expect(mask.data.length).toBe(mask.shape[0]! * mask.shape[1]!);
}

const asSingle = (x: SpectralArray): SpectralArray => spectralArray(Float32Array.from(x.data), x.shape, x.axis);
const asDouble = (x: SpectralArray): SpectralArray => spectralArray(Float64Array.from(x.data), x.shape, x.axis);

const exampleMask = ({ shape: [h, w] }: SpectralArray): LabelArray => ({
  data: Int32Array.from({ length: h! * w! }, (_, i) => (i % 7 === 0 ? -1 : i % 5)),
  shape: [h!, w!],
  dtype: "int32",
  ignored: -1,
});

/** Peaks and noise on a curved background, all above 0, on an axis in cm⁻¹. */
export const exampleSpectrum = (length = 60): SpectralArray =>
  spectralArray(exampleValues(1, length), [length], exampleAxis(length));

/** 5 × 6 pixels of 60 bands like {@link exampleSpectrum}, each different. */
export const exampleCube = (): SpectralArray => spectralArray(exampleValues(30, 60), [5, 6, 60], exampleAxis(60));

const exampleAxis = (length: number): Axis => (length > 1 ? linearAxis(600, 1800, length, "cm-1") : indexAxis(length));

function exampleValues(count: number, length: number): Float64Array {
  const out = new Float64Array(count * length);
  for (let s = 0; s < count; s++) {
    const random = rng("example", s, length);
    const at = [random.uniform(0.2, 0.4), random.uniform(0.6, 0.8)];
    for (let i = 0; i < length; i++) {
      const t = i / length;
      const peaks = at.reduce((sum, centre, k) => sum + (1 + k) * Math.exp(-(((t - centre) / 0.05) ** 2)), 0);
      out[s * length + i] = 2 + t - t * t + peaks + 0.02 * random.normal();
    }
  }
  return out;
}
