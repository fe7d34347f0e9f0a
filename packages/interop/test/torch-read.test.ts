import { describe, expect, test } from "vitest";
import { findState, TorchObject } from "../src/index.ts";
import { open, torchFile, values } from "./support/files.ts";

describe.each(["views", "views-legacy"])("%s", (name) => {
  test("views of one storage have the values that PyTorch has", async () => {
    const x = Array.from({ length: 24 }, (_, i) => i);
    const at = (rows: readonly number[], columns: readonly number[]): number[] =>
      rows.flatMap((r) => columns.map((c) => 6 * r + c));
    const six = [0, 1, 2, 3, 4, 5];
    expect(await values(torchFile(name))).toEqual({
      t: { shape: [6, 4], data: six.flatMap((c) => [0, 1, 2, 3].map((r) => 6 * r + c)) },
      part: { shape: [2, 3], data: at([1, 2], [2, 3, 4]) },
      step: { shape: [4, 3], data: at([0, 1, 2, 3], [0, 2, 4]) },
      scalar: { shape: [], data: [15] },
      empty: { shape: [0, 3], data: [] },
      whole: { shape: [4, 6], data: x },
    });
  });
});

describe.each(["types-2", "types-3", "types-4", "types-5", "types-legacy"])("%s", (name) => {
  test("every element type is read exactly", async () => {
    const floats = [-1.5, 0, 2.25];
    const thousandth = {
      float64: 1e-3,
      float32: Math.fround(1e-3),
      float16: 1.00040435791015625e-3,
      bfloat16: 9.9945068359375e-4,
    };
    const read = await values(torchFile(name));
    for (const [type, last] of Object.entries(thousandth)) expect(read[type]!.data, type).toEqual([...floats, last]);
    for (const type of ["int8", "int16", "int32", "int64"]) expect(read[type]!.data, type).toEqual([-3, 0, 100]);
    expect(read["uint8"]!.data).toEqual([0, 7, 255]);
    expect(read["bool"]!.data).toEqual([1, 0, 1]);
  });

  test("arrays keep their type, 16-bit floats aside", async () => {
    const file = await open(torchFile(name));
    const tensors = await file.read(findState(file).tensors);
    for (const [type, { dtype }] of Object.entries(tensors))
      expect(dtype).toBe(type === "float16" || type === "bfloat16" ? "float32" : type);
  });
});

test("dicts, lists, texts and numbers", async () => {
  const { value } = await open(torchFile("plain"));
  expect(value).toBeInstanceOf(Map);
  const loss = new TorchObject("torch.nn.modules.loss.MSELoss");
  const { loss: found, ...rest } = Object.fromEntries(
    [...(value as Map<string, unknown>)].filter(([k]) => k !== "__proto__"),
  );
  expect(rest).toEqual({
    none: null,
    yes: true,
    no: false,
    small: 3,
    negative: -70000,
    big: 2 ** 40,
    huge: 2n ** 70n,
    pi: 3.14159,
    text: "Grüße µm",
    list: [1, [2, "x"]],
    tuple: [1, [2]],
    size: [2, 3],
    set: new Set([1, 2]),
    1: "one",
    bytes: Uint8Array.of(0, 255),
    metric: 0.25,
    count: -7,
  });
  expect((found as TorchObject).className).toBe(loss.className);
  expect((found as TorchObject).state.get("reduction")).toBe("mean");
});

test("a key __proto__ is a key like any other", async () => {
  const { value } = await open(torchFile("plain"));
  expect((value as Map<string, unknown>).get("__proto__")).toEqual(new Map([["polluted", true]]));
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("parameters are tensors", async () => {
  expect(await values(torchFile("parameter"))).toEqual({
    w: { shape: [2, 2], data: [1, 1, 1, 1] },
    p: { shape: [1], data: [0] },
  });
});

test("what DataParallel puts before the names is left out", async () => {
  expect(Object.keys(await values(torchFile("parallel")))).toEqual(["a.weight", "a.bias"]);
});

test("a file without checksums is read", async () => {
  expect(await values(torchFile("no-checksums"))).toEqual({ a: { shape: [3], data: [0, 1, 2] } });
});
