import {
  type ByteSource,
  type Component,
  type DataFile,
  dtypes,
  isSpectraiError,
  type NdArray,
  type Reader,
  type Region,
  rng,
  sizeOf,
  SpectraiError,
} from "@spectrai/core";
import { describe, expect, it } from "vitest";

/** A file that a reader is put to the test with. */
export interface ReaderCase {
  /** With the extension; the file's name in messages. */
  readonly name: string;
  /** A small, sound file with at least one numeric variable. */
  readonly bytes: Uint8Array;
  /** Options as a user writes them. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Whether any cut leaves a file that is recognizably incomplete; absent = true. Formats without lengths or an end
   * mark (text) say false: a cut file may then be read, as far as it goes.
   */
  readonly detectsCuts?: boolean;
  /** Cut points tried, spread over the file and close together at its start and end; absent = 200. */
  readonly cuts?: number;
  /** Files with one to four damaged bytes tried; absent = 200. */
  readonly flips?: number;
  /** A damaged file may take this long at most, in milliseconds; absent = 5000. */
  readonly timeLimit?: number;
}

/** A damaged file must not make a reader return more than this many bytes for each of its own. */
const mostGrowth = 1100;

/**
 * What every reader must hold: it claims an extension and knows its own files by their first bytes, describes what it
 * gives, reads any region as it reads the whole, gives the same numbers every time, and meets cut and damaged files
 * with a SpectraiError that names the file, or with data within bounds, never with another error, a hang, or an
 * array that the file cannot hold. Call it in a test file; it registers the tests.
 */
export function testReader(component: Component<"reader">, spec: ReaderCase): void {
  const { name, bytes } = spec;
  const make = async (): Promise<Reader> => {
    const checked = await component.schema["~standard"].validate(spec.options ?? {});
    if (checked.issues) throw new Error(`${component.name}: ${checked.issues.map((i) => i.message).join(", ")}`);
    return component.create(checked.value, {});
  };
  const opened = async <T>(work: (file: DataFile) => Promise<T>, content = bytes): Promise<T> => {
    const file = await (await make()).open(memorySource(name, content));
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  };

  describe(`reader ${component.name} on ${name}`, () => {
    it("claims the extension and knows the first bytes", async () => {
      const reader = await make();
      for (const e of reader.extensions) expect(e).toMatch(/^\.[a-z0-9.]+$/);
      expect(reader.extensions.some((e) => name.toLowerCase().endsWith(e))).toBe(true);
      if (!reader.sniff) return;
      expect(reader.sniff(bytes.subarray(0, 512))).toBe(true);
      expect(reader.sniff(new Uint8Array(0))).toBe(false);
      expect(reader.sniff(new Uint8Array(512).fill(0xa5))).toBe(false);
    });

    it("gives what it describes, the same every time", async () =>
      opened(async (file) => {
        const numeric = file.variables.filter((v) => v.kind === "numeric");
        expect(numeric.length).toBeGreaterThan(0);
        expect(new Set(file.variables.map((v) => v.name)).size).toBe(file.variables.length);
        for (const { name: variable, shape, dtype } of numeric) {
          const array = await file.read(variable);
          expect(array.shape, variable).toEqual(shape);
          expect(array.dtype, variable).toBe(dtype);
          expect(array.data, variable).toBeInstanceOf(dtypes[array.dtype]);
          expect(array.data.length, variable).toBe(sizeOf(shape));
          expect(sameNumbers(await file.read(variable), array), variable).toBe(true);
          await expect(file.readText(variable), variable).rejects.toSatisfy(isSpectraiError);
        }
        for (const { name: variable, shape } of file.variables.filter((v) => v.kind === "text"))
          expect((await file.readText(variable)).length, variable).toBe(sizeOf(shape));
        for (const { name: variable } of file.variables.filter((v) => v.kind !== "numeric"))
          await expect(file.read(variable), variable).rejects.toSatisfy(isSpectraiError);
        await expect(file.read("there is no such variable")).rejects.toSatisfy(isSpectraiError);
        if (file.axis) expect(numeric.some((v) => v.shape.includes(file.axis!.values.length))).toBe(true);
      }));

    it("reads a region as it reads the whole", async () =>
      opened(async (file) => {
        for (const { name: variable, shape, kind } of file.variables) {
          if (kind !== "numeric") continue;
          const whole = await file.read(variable);
          for (const region of regionsOf(shape))
            expect(
              sameNumbers(await file.read(variable, region), cutOut(whole, region)),
              `${variable} ${JSON.stringify(region)}`,
            ).toBe(true);
          const outside = shape.map((d) => [0, d + 1] as const);
          if (shape.length > 0) await expect(file.read(variable, outside)).rejects.toSatisfy(isSpectraiError);
        }
      }));

    it("meets every cut of the file with a SpectraiError", async () => {
      for (const length of cutPoints(bytes.length, spec.cuts ?? 200)) {
        const outcome = await attempt(bytes.slice(0, length), `cut to ${length} bytes`);
        if (spec.detectsCuts ?? true)
          expect(outcome, `cut to ${length} of ${bytes.length} bytes`).toBeInstanceOf(Error);
      }
    });

    it("meets damaged bytes with a SpectraiError or with data", async () => {
      const random = rng(1, "damage", name);
      for (let n = 0; n < (spec.flips ?? 200); n++) {
        const damaged = bytes.slice();
        const places = Array.from({ length: 1 + random.integer(4) }, () => random.integer(bytes.length));
        for (const at of places) damaged[at] = random.integer(256);
        await attempt(damaged, `damaged at ${places.join(", ")}`);
      }
    });

    /** Opens and reads everything: the SpectraiError that came, or undefined. Anything else fails the test. */
    async function attempt(content: Uint8Array, what: string): Promise<Error | undefined> {
      const began = performance.now();
      try {
        await opened(async (file) => {
          for (const v of file.variables) {
            if (v.kind === "text") await file.readText(v.name);
            if (v.kind !== "numeric") continue;
            const { data, shape } = await file.read(v.name);
            expect(data.length, what).toBe(sizeOf(shape));
            expect(data.byteLength, `${what}: bytes of ${v.name}`).toBeLessThanOrEqual(
              mostGrowth * content.length + 65_536,
            );
          }
        }, content);
        return undefined;
      } catch (e) {
        if (!isSpectraiError(e)) throw new Error(`${what}: ended in ${String(e)}`, { cause: e });
        expect(e.message, what).toContain(name);
        return e;
      } finally {
        expect(performance.now() - began, `${what}: milliseconds`).toBeLessThan(spec.timeLimit ?? 5000);
      }
    }
  });
}

function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) =>
      offset >= 0 && length >= 0 && offset + length <= bytes.length
        ? Promise.resolve(bytes.slice(offset, offset + length))
        : Promise.reject(
            new SpectraiError(
              "SPECTRAI_FILE_DAMAGED",
              `${name} ends at byte ${bytes.length}, but ${offset + length} are needed.`,
            ),
          ),
  };
}

/** One element, the first and last half of each dimension, a middle part of all, and nothing. */
function regionsOf(shape: readonly number[]): Region[] {
  if (shape.length === 0 || shape.includes(0)) return [shape.map((d) => [0, d] as const)];
  const whole: Region = shape.map((d) => [0, d]);
  const halves = shape.flatMap((d, k) => [whole.with(k, [0, Math.ceil(d / 2)]), whole.with(k, [Math.floor(d / 2), d])]);
  return [
    shape.map((d) => [d - 1, d] as const),
    ...halves,
    shape.map((d) => [Math.floor(d / 3), Math.max(Math.floor(d / 3), d - 1)] as const),
    whole.with(0, [0, 0]),
  ];
}

/** The slow, obvious way to take a region out of an array. */
function cutOut({ data, shape, dtype }: NdArray, region: Region): NdArray {
  const outShape = region.map(([a, b]) => b - a);
  const out = new dtypes[dtype](sizeOf(outShape)) as Float64Array;
  for (let i = 0; i < out.length; i++) {
    let rest = i;
    let source = 0;
    let stride = 1;
    for (let k = shape.length - 1; k >= 0; k--) {
      source += ((rest % outShape[k]!) + region[k]![0]) * stride;
      rest = Math.floor(rest / outShape[k]!);
      stride *= shape[k]!;
    }
    out[i] = (data as Float64Array)[source]!;
  }
  return { data: out, shape: outShape, dtype };
}

const sameNumbers = (a: NdArray, b: NdArray): boolean =>
  a.dtype === b.dtype &&
  a.shape.length === b.shape.length &&
  a.shape.every((d, k) => d === b.shape[k]) &&
  a.data.length === b.data.length &&
  Array.prototype.every.call(a.data, (v, i) => Object.is(v, b.data[i]));

/** Every length near both ends, and evenly spaced ones between. */
function cutPoints(size: number, most: number): number[] {
  const points = new Set<number>();
  const near = Math.min(size, Math.floor(most / 4));
  for (let i = 0; i < near; i++) points.add(i).add(size - 1 - i);
  const step = Math.max(1, Math.floor(size / Math.max(1, most - 2 * near)));
  for (let i = 0; i < size; i += step) points.add(i);
  return [...points].filter((p) => p >= 0).sort((a, b) => a - b);
}
