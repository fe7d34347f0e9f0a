import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSpectraiError, toFloat64 } from "@spectrai/core";
import { dataFolder, expectAllClose, fixturesFolder } from "@spectrai/testing";
import { describe, expect, it } from "vitest";
import { openMat } from "../src/mat/open.ts";
import { nodeSource } from "./node-source.ts";

interface Expected {
  readonly shape?: number[];
  readonly shape_hdf5?: number[];
  readonly dtype: string;
  readonly sum?: number;
  readonly first?: number[] | number[][];
  readonly last?: number;
  readonly text?: string[];
}
/** The fixture's sums leave NaN out. Compensated (Neumaier), as NumPy's pairwise sum is nearly exact too. */
function finiteSum(values: Float64Array): number {
  let sum = 0;
  let lost = 0;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    const next = sum + v;
    lost += Math.abs(sum) >= Math.abs(v) ? sum - next + v : v - next + sum;
    sum = next;
  }
  return sum + lost;
}

const fixtures = fixturesFolder();
const data = dataFolder();

describe.skipIf(!fixtures || !data)("every MATLAB file, against what SciPy and h5py read", () => {
  const golden = JSON.parse(fixtures ? readFileSync(join(fixtures, "mat-expected.json"), "utf8") : "{}") as Record<
    string,
    Record<string, Expected | string | boolean>
  >;
  const files = Object.entries(golden).filter(([file]) => data && existsSync(join(data, file)));

  it("has files to look at", () => expect(files.length).toBeGreaterThan(100));

  for (const [path, expected] of files)
    it(`reads ${path}`, async () => {
      const source = nodeSource(join(data!, path));
      try {
        if ("error" in expected) {
          const attempt = async (): Promise<void> => {
            const file = await openMat(source);
            for (const v of file.variables) if (v.kind === "numeric") await file.read(v.name);
          };
          const error: unknown = await attempt().then(
            () => undefined,
            (e: unknown) => e,
          );
          expect(isSpectraiError(error)).toBe(true);
          expect((error as Error).message).toContain(source.name);
          return;
        }
        const file = await openMat(source);
        for (const [name, want] of Object.entries(expected)) {
          if (typeof want !== "object") continue;
          const info = file.variables.find((v) => v.name === name);
          expect(info, `${name} is listed`).toBeDefined();
          expect(info!.shape).toEqual(want.shape ?? [...want.shape_hdf5!].reverse());
          const dtype = want.dtype
            .replace(/^>f/, "float")
            .replace(/^>i/, "int")
            .replace(/(float|int)(\d)$/, (_, t: string, n: string) => t + 8 * Number(n));
          expect(info!.dtype).toBe(want.dtype.startsWith(">") ? dtype : want.dtype);
          if (want.text) expect(await file.readText(name)).toEqual(want.text);
          if (want.sum === undefined) continue;
          const values = toFloat64((await file.read(name)).data);
          expectAllClose([finiteSum(values)], [want.sum], { rtol: 1e-12 });
          if (want.first) expect(Array.from(values.subarray(0, want.first.length))).toEqual(want.first);
          if (want.last !== undefined) expect(values.at(-1)).toBe(want.last);
        }
        await file.close();
      } finally {
        await source.close!();
      }
    });
});
