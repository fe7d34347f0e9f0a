import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { rng } from "@spectrai/core";
import { type Native, Type } from "../src/native.ts";
import { describeNative, native as addon } from "./support/native.ts";

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** What no function may be brought down by, wherever it stands. */
const values: readonly unknown[] = [
  undefined,
  null,
  true,
  "0",
  {},
  [],
  Symbol("x"),
  1n,
  () => 0,
  NaN,
  Infinity,
  -Infinity,
  -1,
  -2,
  0,
  1,
  2,
  3,
  0.5,
  1e9,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 53,
  1e300,
  new Float32Array(0),
  new Float32Array(4),
  new Float64Array(3),
  new Uint8Array(16),
  new BigInt64Array(2),
  new DataView(new ArrayBuffer(16)),
  new Int32Array(0),
  new Int32Array(8),
  new Int32Array(25),
  new Int32Array(8).fill(1),
  new Int32Array(25).fill(1),
  new Int32Array(25).fill(-1),
  new Int32Array(25).fill(2 ** 31 - 1),
  new Int32Array(25).fill(-(2 ** 31)),
  new Int32Array(200).fill(7),
];

/** Either it works or it throws an error; of ours, one of the two codes with a sentence. */
function survives(call: () => unknown): "worked" | "refused" {
  try {
    call();
    return "worked";
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    const { code, message } = error as Error & { code?: string };
    expect(message.length).toBeGreaterThan(5);
    if (code !== undefined) expect(["SPECTRAI_BACKEND_OP", "SPECTRAI_BACKEND_MEMORY"]).toContain(code);
    else expect(error).toBeInstanceOf(TypeError);
    return "refused";
  }
}

const refusal = expect.objectContaining({ code: "SPECTRAI_BACKEND_OP" }) as Error;

describeNative("the addon's functions", () => {
  let native: Native;
  let functions: readonly (readonly [string, AnyFunction])[];
  const mine: number[] = [];
  const allocate = (elements: number, type: number = Type.float32): number => {
    const id = native.allocate(elements, type);
    mine.push(id);
    return id;
  };
  beforeAll(() => {
    native = addon();
    native.limits(2 ** 31, 2 ** 28);
    native.configure(2, 0);
    functions = Object.entries(native as unknown as Record<string, AnyFunction>);
  });
  /** Frees everything, of whatever number. */
  const releaseAll = (): void => {
    for (let id = 0; id < 4096; id++)
      try {
        native.release(id);
      } catch {
        // Not in use.
      }
    mine.length = 0;
  };
  beforeEach(releaseAll);
  afterAll(releaseAll);

  /** A few buffers of every type, so that small numbers are buffers. */
  const someBuffers = (): void => {
    for (const type of Object.values(Type)) for (const n of [0, 1, 16]) allocate(n, type);
  };

  it("are all functions, known to the types", () => {
    expect(functions.length).toBeGreaterThan(15);
    for (const [, f] of functions) expect(f).toBeTypeOf("function");
  });

  it("survive each wrong value in each place", () => {
    let refused = 0;
    for (const [name, f] of functions) {
      someBuffers();
      for (const value of values)
        for (let place = 0; place < 9; place++) {
          const args: unknown[] = Array.from({ length: 9 }, () => 0);
          args[place] = value;
          // Not to leave the machine's whole memory as the limit, nor a thousand threads.
          if (name === "limits" || name === "configure") continue;
          if (survives(() => f(...args)) === "refused") refused++;
        }
      releaseAll();
    }
    expect(refused).toBeGreaterThan(functions.length * values.length);
  });

  it("survive random lists of values", () => {
    const draw = rng("safety", 0);
    const numbers = [-1, 0, 1, 2, 3, 4, 5, 8, 16, 2 ** 31 - 1, -(2 ** 31)];
    const pick = <T>(list: readonly T[]): T => list[draw.integer(list.length)]!;
    for (const [name, f] of functions) {
      someBuffers();
      if (name === "limits" || name === "configure") continue;
      for (let round = 0; round < 400; round++) {
        const args = Array.from({ length: draw.integer(11) }, () => {
          const kind = draw.integer(4);
          if (kind === 0) return pick(values);
          if (kind === 1) return Int32Array.from({ length: pick([3, 8, 12, 25, 30]) }, () => pick(numbers));
          return draw.integer(14) - 1;
        });
        survives(() => f(...args));
      }
      releaseAll();
    }
  }, 300_000);

  it("refuse limits and threads that are none", () => {
    for (const value of [NaN, -1, Infinity, "1", undefined]) {
      expect(() => native.limits(value as number, 1)).toThrow(refusal);
      expect(() => native.limits(2 ** 31, value as number)).toThrow(refusal);
      expect(() => native.configure(value as number, 0)).toThrow(refusal);
    }
    for (const threads of [0, 1025, 1.5]) expect(() => native.configure(threads, 0)).toThrow(refusal);
    native.limits(2 ** 31, 2 ** 28);
  });

  it("refuse buffers that were released, twice released, or never there", () => {
    const id = allocate(16);
    native.release(id);
    for (const wrong of [id, -1, 1e6, NaN, 0.5]) {
      expect(() => native.release(wrong)).toThrow(refusal);
      expect(() => native.read(wrong, new Float32Array(16))).toThrow(refusal);
      expect(() => native.write(wrong, new Float32Array(16))).toThrow(refusal);
      expect(() => native.view(wrong)).toThrow(refusal);
      expect(() => native.toFloat32(wrong)).toThrow(refusal);
    }
  });

  it("refuse arrays of another size", () => {
    const id = allocate(16);
    for (const array of [new Float32Array(15), new Float32Array(17), new Float64Array(16), new Float32Array(0)]) {
      expect(() => native.write(id, array)).toThrow(refusal);
      expect(() => native.read(id, array)).toThrow(refusal);
    }
    const detached = new Float32Array(16);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(() => native.write(id, detached)).toThrow(refusal);
  });

  it("refuse sizes that no memory has", () => {
    for (const n of [-1, NaN, Infinity, 1e16, 0.5]) expect(() => native.allocate(n, 0)).toThrow(refusal);
    expect(() => native.allocate(1e12, 0)).toThrow(
      expect.objectContaining({
        code: "SPECTRAI_BACKEND_MEMORY",
        message: expect.stringContaining("4000000000000"),
      }) as Error,
    );
    expect(() => native.allocate(1, 4)).toThrow(refusal);
    expect(() => native.allocate(1, -1)).toThrow(refusal);
  });

  const conv = {
    // n, channels, filters, groups; in, out, kernel, stride, dilation, before, after.
    shape: [1, 2, 4, 1, 1, 1, 8, 1, 1, 8, 1, 1, 3, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1],
    x: 16,
    filter: 24,
    y: 32,
  };

  it("refuse convolutions whose sizes do not fit together, or do not fit the tensors", () => {
    const [x, w, y, bias] = [allocate(conv.x), allocate(conv.filter), allocate(conv.y), allocate(4)];
    for (const [id, n] of [
      [x, conv.x],
      [w, conv.filter],
      [y, conv.y],
      [bias, 4],
    ] as const)
      native.write(id, new Float32Array(n).fill(0.5));
    const run = (shape: readonly number[], a = x, b = w, c = bias, d = y): void => {
      native.convForward(Int32Array.from(shape), a, b, c, d, 0, 0);
    };
    run(conv.shape);
    for (let i = 0; i < conv.shape.length; i++)
      for (const wrong of [-1, 0, 3, 1000, 2 ** 31 - 1, -(2 ** 31)]) {
        // Along the two dimensions of size 1 any stride and any dilation fit.
        if (wrong === conv.shape[i] || (wrong > 0 && [13, 14, 16, 17].includes(i))) continue;
        const shape = conv.shape.with(i, wrong);
        expect(() => run(shape), `number ${i} is ${wrong}`).toThrow(refusal);
        expect(() => native.convInputGradient(Int32Array.from(shape), y, w, x), `${i}: ${wrong}`).toThrow(refusal);
        expect(() => native.convWeightGradient(Int32Array.from(shape), x, y, w), `${i}: ${wrong}`).toThrow(refusal);
      }
    expect(() => run(conv.shape.slice(0, 24))).toThrow(refusal);
    expect(() => run([])).toThrow(refusal);
    expect(() => run(conv.shape, y)).toThrow(refusal);
    expect(() => run(conv.shape, x, x)).toThrow(refusal);
    expect(() => run(conv.shape, x, w, x)).toThrow(refusal);
    expect(() => run(conv.shape, x, w, bias, x)).toThrow(refusal);
    expect(() => run(conv.shape, x, w, bias, allocate(conv.y, Type.int32))).toThrow(refusal);
    expect(() => native.convForward(Int32Array.from(conv.shape), x, w, bias, y, 6, 0)).toThrow(refusal);
    expect(() => native.convForward(new Float32Array(25) as never, x, w, bias, y, 0, 0)).toThrow(refusal);
  });

  it("refuse products whose sizes do not fit together, or do not fit the tensors", () => {
    const [a, b, c] = [allocate(6), allocate(12), allocate(8)];
    const sizes = [1, 1, 2, 3, 4, 0, 0, 0];
    native.write(a, new Float32Array(6).fill(1));
    native.write(b, new Float32Array(12).fill(1));
    native.matmul(Int32Array.from(sizes), a, b, -1, c, 0);
    const product = new Float32Array(8);
    native.read(c, product);
    expect([...product]).toEqual(Array<number>(8).fill(3));
    for (let i = 0; i < 5; i++)
      for (const wrong of [-1, 0, 7, 2 ** 31 - 1])
        expect(() => native.matmul(Int32Array.from(sizes.with(i, wrong)), a, b, -1, c, 0), `${i}: ${wrong}`).toThrow(
          refusal,
        );
    expect(() => native.matmul(Int32Array.from(sizes), b, a, -1, c, 0)).toThrow(refusal);
    expect(() => native.matmul(Int32Array.from(sizes), a, b, a, c, 0)).toThrow(refusal);
    expect(() => native.matmul(Int32Array.from(sizes.with(7, 9)), a, b, -1, c, 0)).toThrow(refusal);
  });

  it("compute as before after all that", () => {
    const [a, b, c] = [allocate(1), allocate(1), allocate(1)];
    native.write(a, Float32Array.of(3));
    native.write(b, Float32Array.of(5));
    native.matmul(Int32Array.of(1, 1, 1, 1, 1, 0, 0, 0), a, b, -1, c, 0);
    const product = new Float32Array(1);
    native.read(c, product);
    expect(product[0]).toBe(15);
  });
});
