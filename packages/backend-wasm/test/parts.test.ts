import { rng } from "@spectrai/core";
import { describe, expect, it } from "vitest";
import { asWord, Kernel } from "../src/engine.ts";
import { plain } from "../src/kernel-binary.ts";

/** A kernel in a memory of its own: the arrays by name, and what it leaves in `out` when done in so many parts. */
async function workbench() {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const bytes = Uint8Array.from(atob(plain), (c) => c.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const run = instance.exports["run"] as (kernel: number, args: number, part: number, parts: number) => void;
  let top = 4096;
  const claim = (floats: number): number => {
    const at = top;
    top += 4 * floats + 64;
    return at;
  };
  const random = (key: string, floats: number): number => {
    const at = claim(floats);
    const r = rng("parts", key);
    new Float32Array(memory.buffer, at, floats).forEach((_, i, all) => (all[i] = r.uniform(-1, 1)));
    return at;
  };
  const inParts = (
    parts: number,
    kernel: number,
    args: readonly number[],
    out: number,
    floats: number,
  ): Float32Array => {
    const result = new Float32Array(memory.buffer, out, floats).fill(0);
    new Int32Array(memory.buffer, 1024, args.length).set(args);
    // In any order: parts must not see each other's work.
    for (let part = parts - 1; part >= 0; part--) run(kernel, 1024, part, parts);
    return result.slice();
  };
  return { claim, random, inParts };
}

describe("a kernel done in parts, as threads do, gives the same to the last digit", () => {
  const conv = (shared: number, transposed: number) => async () => {
    const { claim, random, inParts } = await workbench();
    const [n, h, w, ci, co] = [2, 5, 23, 6, 19];
    const [source, weights, out, scratch, zeros] = [
      random("x", n * h * w * ci),
      random("w", 3 * 9 * ci * 8),
      claim(n * h * w * co),
      claim(4096),
      claim(64),
    ];
    const grid = [1, h, w];
    const args = [source, weights, out, scratch, 256, zeros, n, ...grid, ...grid, 1, 3, 3, ci, co];
    args.push(1, 1, 1, 1, 1, 1, 0, 1, 1, transposed, 0, 0, shared);
    return [args, out, n * h * w * co, inParts] as const;
  };
  const cases: [
    string,
    number,
    () => Promise<readonly [number[], number, number, Awaited<ReturnType<typeof workbench>>["inParts"]]>,
  ][] = [
    ["conv, by lines", Kernel.conv, conv(0, 0)],
    ["conv, by columns", Kernel.conv, conv(1, 0)],
    ["conv, by positions", Kernel.conv, conv(2, 1)],
    [
      "outer",
      Kernel.outer,
      async () => {
        const { claim, random, inParts } = await workbench();
        const [n, w, ci, co] = [3, 140, 12, 16];
        const out = claim(3 * ci * co);
        const args = [random("x", n * w * ci), random("dy", n * w * co), out, n, 1, 1, w, 1, 1, w, 1, 1, 3, ci, co];
        return [[...args, 1, 1, 1, 1, 1, 1, 0, 0, 1, ci, co], out, 3 * ci * co, inParts];
      },
    ],
    [
      "sum of columns",
      Kernel.sum,
      async () => {
        const { claim, random, inParts } = await workbench();
        const out = claim(2 * 45);
        return [[random("x", 2 * 300 * 45), out, 2, 300, 45, asWord(0.1)], out, 90, inParts];
      },
    ],
    [
      "sum of rows",
      Kernel.sum,
      async () => {
        const { claim, random, inParts } = await workbench();
        const out = claim(7);
        return [[random("x", 7 * 3001), out, 7, 3001, 1, asWord(1)], out, 7, inParts];
      },
    ],
    [
      "exp",
      Kernel.unary,
      async () => {
        const { claim, random, inParts } = await workbench();
        const out = claim(1003);
        return [[0, random("x", 1003), out, 1003, 0, 0], out, 1003, inParts];
      },
    ],
    [
      "maximum by row",
      Kernel.binary,
      async () => {
        const { claim, random, inParts } = await workbench();
        const out = claim(17 * 9);
        return [[4, random("a", 17 * 9), random("b", 9), out, 1, 17, 9, 0, 9, 1, 0, 0, 1], out, 17 * 9, inParts];
      },
    ],
    [
      "copy",
      Kernel.copy,
      async () => {
        const { claim, random, inParts } = await workbench();
        const out = claim(4 * 6 * 5);
        const args = [random("x", 120), out, 1, 1, 1, 4, 6, 5, 0, 0, 0, 5, 20, 1, 0, 0, 0, 30, 5, 1];
        return [args, out, 120, inParts];
      },
    ],
    ...[3, 1].map(
      (n) =>
        [
          `gradient of max pooling of ${n}`,
          Kernel.poolGradient,
          async () => {
            const { claim, random, inParts } = await workbench();
            const [h, w, c] = [7, 9, 10];
            const size = n * h * w * c;
            const out = claim(size);
            const args = [
              random("x", size),
              random("dy", n * 4 * 5 * c),
              out,
              n,
              1,
              h,
              w,
              1,
              4,
              5,
              c,
              1,
              3,
              3,
              1,
              2,
              2,
            ];
            return [[...args, 0, 1, 1, 0], out, size, inParts];
          },
        ] as (typeof cases)[number],
    ),
  ];
  it.each(cases)("%s", async (_, kernel, prepare) => {
    const [args, out, floats, inParts] = await prepare();
    const whole = inParts(1, kernel, args, out, floats);
    expect(whole.some((v) => v !== 0)).toBe(true);
    for (const parts of [2, 3, 8]) expect(inParts(parts, kernel, args, out, floats)).toEqual(whole);
  });
});
