import { describe, expect, it } from "vitest";
import { expressSize, type SizeExpression } from "../src/onnx/size-expression.ts";
import { combine, type Size } from "../src/onnx/value.ts";

const height: Size = [65, 98, 79, 112, 83, 94];
const width: Size = [70, 107, 88, 73, 122, 95];
const batch: Size = [2, 3, 5, 4, 7, 6];

/** The expression at other sizes than those it was found for. */
function evaluate(expression: SizeExpression, at: ReadonlyMap<Size, number>): number {
  if (expression.kind === "number") return expression.value;
  if (expression.kind === "known") return [...at].find(([size]) => size.every((v, i) => v === expression.size[i]))![1];
  const [a, b] = [evaluate(expression.a, at), evaluate(expression.b, at)];
  return { add: a + b, subtract: a - b, multiply: a * b, divide: Math.floor(a / b) }[expression.kind];
}

describe("expressSize", () => {
  it.each<[string, (n: number, h: number, w: number) => number]>([
    ["a number", () => 12],
    ["a size itself", (_, h) => h],
    ["a multiple", (_, h) => 6 * h],
    ["a pooled size", (_, h) => Math.floor(h / 2)],
    ["one pooled with padding", (_, h) => Math.floor((h - 1) / 2) + 1],
    ["one a few points longer", (_, h) => h + 6],
    ["whole blocks", (_, h) => Math.floor(h / 8) * 8],
    ["blocks that are filled up", (_, h) => Math.ceil(h / 7) * 7],
    ["what a convolution of stride 2 is padded to", (_, h) => (Math.ceil(h / 2) - 1) * 2 + 3],
    ["what is missing in the last block", (_, h) => Math.ceil(h / 16) * 16 - h],
    ["what a pooling leaves out", (_, h) => h % 2],
    ["all positions", (_, h, w) => h * w],
    ["all rows of a batch, four channels each", (n, h, w) => 4 * n * h * w],
    ["a difference", (_, h, w) => h - w],
  ])("finds %s, which holds at sizes that it was not shown", (_, rule) => {
    const found = expressSize(combine(rule, batch, height, width), [batch, height, width]);
    expect(found).toBeDefined();
    for (const [n, h, w] of [
      [1, 64, 33],
      [9, 129, 128],
      [2, 31, 1000],
    ] as const)
      expect(
        evaluate(
          found!,
          new Map([
            [batch, n],
            [height, h],
            [width, w],
          ]),
        ),
      ).toBe(rule(n, h, w));
  });

  it("finds nothing where there is no simple rule", () => {
    expect(expressSize([3, 1, 4, 1, 5, 9], [batch, height, width])).toBeUndefined();
  });
});
