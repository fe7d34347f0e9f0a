import { type Dataset, indexAxis, linearAxis, makeAxis, type SpectralArray, spectralArray } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { needsResampling, onModelAxis } from "../src/run/on-axis.ts";

const line = (v: number): number => 2 * v + 5;
/** Each spectrum a straight line, by a factor of its own. */
const onLine = (shape: readonly number[], axis: SpectralArray["axis"]): SpectralArray => {
  const points = axis.values.length;
  const size = shape.reduce((a, b) => a * b, 1);
  const value = (i: number): number => (Math.floor(i / points) + 1) * line(axis.values[i % points]!);
  return spectralArray(
    Float64Array.from({ length: size }, (_, i) => value(i)),
    shape,
    axis,
  );
};

const axis = linearAxis(900, 400, 26, "nm");
const model = linearAxis(500, 800, 7, "nm");
const cubes = (target: SpectralArray["axis"], closed: string[] = []): Dataset => ({
  source: "cubes",
  spec: {
    data: "cube",
    shape: [0, 0, 26],
    axis,
    target: { kind: "spectral", shape: [0, 0, target.values.length], axis: target },
  },
  samples: [{ id: "c", group: "c" }],
  read: async () => ({
    id: "c",
    group: "c",
    input: onLine([2, 3, 26], axis),
    target: { kind: "spectral", value: onLine([2, 3, target.values.length], target) },
  }),
  dispose: () => void closed.push("closed"),
});

describe("a data set on a model's axis", () => {
  it("has its bands interpolated, and a target on the same axis with them", async () => {
    const closed: string[] = [];
    const moved = onModelAxis(cubes(axis, closed), model);
    expect(moved.spec).toMatchObject({ shape: [0, 0, 7], axis: model, target: { shape: [0, 0, 7], axis: model } });
    const { input, target } = await moved.read(0);
    for (const x of [input, target.kind === "spectral" ? target.value : input]) {
      expect(x.shape).toEqual([2, 3, 7]);
      expect(x.axis).toBe(model);
      const expected = onLine([2, 3, 7], model).data;
      // A straight line, interpolated: rounding of one multiplication and one addition.
      x.data.forEach((v, i) => expect(Math.abs(v - expected[i]!)).toBeLessThan(1e-9));
    }
    await moved.dispose?.();
    expect(closed).toEqual(["closed"]);
  });

  it("leaves a target on another axis as it is", async () => {
    const other = linearAxis(1, 2, 4, "um");
    const moved = onModelAxis(cubes(other), model);
    expect(moved.spec.target).toMatchObject({ shape: [0, 0, 4], axis: other });
    const { target } = await moved.read(0);
    expect(target).toMatchObject({ kind: "spectral", value: { shape: [2, 3, 4] } });
  });

  it("is the data set itself where nothing is to do, and names the sample where it cannot be done", async () => {
    const dataset = cubes(axis);
    expect(onModelAxis(dataset, axis)).toBe(dataset);
    expect(onModelAxis(dataset, indexAxis(7))).toBe(dataset);
    expect(needsResampling(axis, makeAxis(axis.values.slice(), "nm", "other name"))).toBe(false);
    await expect(onModelAxis(dataset, linearAxis(300, 800, 7, "nm")).read(0)).rejects.toThrow(
      /Sample c: The data cover 400–900 nm, but the model needs 300–800 nm/,
    );
  });
});
