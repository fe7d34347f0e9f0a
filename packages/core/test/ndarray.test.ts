import { describe, expect, it } from "vitest";
import { type DType, dtypeOf, dtypes, ndarray, sizeOf, toFloat32, toFloat64, type TypedArray } from "../src/ndarray.ts";

const shapeError = expect.objectContaining({ code: "SPECTRAI_DATA_SHAPE" });

describe("ndarray", () => {
  it("takes its shape and type from the data unless told", () => {
    expect(ndarray(Float32Array.of(1, 2, 3))).toEqual({ data: Float32Array.of(1, 2, 3), shape: [3], dtype: "float32" });
    expect(ndarray(new Int16Array(6), [2, 3]).dtype).toBe("int16");
    expect(ndarray(new Uint8Array(1), [], "bool")).toMatchObject({ shape: [], dtype: "bool" });
    expect(ndarray(new Float64Array(0), [0, 5]).shape).toEqual([0, 5]);
  });

  it.each([[[2, 2]], [[4]], [[]], [[-1, -3]], [[1.5, 2]], [[NaN]], [[3, 0]]])(
    "refuses the shape %j for three values",
    (shape) => {
      expect(() => ndarray(new Float64Array(3), shape)).toThrow(shapeError);
    },
  );

  it("counts the elements of a shape", () => {
    expect([sizeOf([]), sizeOf([3]), sizeOf([2, 3, 4]), sizeOf([2, 0])]).toEqual([1, 3, 24, 0]);
  });

  it.each(Object.entries(dtypes) as [DType, new (n: number) => TypedArray][])("knows an array of %s", (dtype, Type) => {
    expect(dtypeOf(new Type(1))).toBe(dtype === "bool" ? "uint8" : dtype);
  });
});

describe("conversion", () => {
  it("keeps the values of every type, and shares what needs no conversion", () => {
    for (const Type of Object.values(dtypes)) {
      const data: TypedArray = new Type(3);
      [0, 1, 100].forEach((v, i) => {
        data[i] = data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt(v) : v;
      });
      expect(toFloat64(data)).toEqual(Float64Array.of(0, 1, 100));
      expect(toFloat32(data)).toEqual(Float32Array.of(0, 1, 100));
    }
    const [f64, f32] = [Float64Array.of(Math.PI), Float32Array.of(Math.PI)];
    expect(toFloat64(f64)).toBe(f64);
    expect(toFloat32(f32)).toBe(f32);
    expect(toFloat32(f64)[0]).toBe(Math.fround(Math.PI));
    expect(toFloat64(BigInt64Array.of(-(2n ** 53n) - 1n))[0]).toBe(-(2 ** 53));
    expect(toFloat64(BigUint64Array.of(2n ** 64n - 1n))[0]).toBe(2 ** 64);
  });
});
