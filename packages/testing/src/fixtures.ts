import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodeSafetensors, type NdArray, toFloat64 } from "@spectrai/core";

/** Where golden values are read from: `SPECTRAI_FIXTURES`, or `../shared/fixtures` beside the repository; undefined where absent. */
export const fixturesFolder = (): string | undefined => folder(process.env["SPECTRAI_FIXTURES"], "fixtures");

/** Where measured data are read from: `SPECTRAI_DATA`, or `../shared/data` beside the repository; undefined where absent. */
export const dataFolder = (): string | undefined => folder(process.env["SPECTRAI_DATA"], "data");

function folder(named: string | undefined, leaf: string): string | undefined {
  if (named) return existsSync(named) ? resolve(named) : undefined;
  for (let at = process.cwd(); ; at = resolve(at, "..")) {
    const candidate = join(at, "..", "shared", leaf);
    if (existsSync(candidate)) return candidate;
    if (at === resolve(at, "..")) return undefined;
  }
}

/** The tensors of a golden file, by name: `readFixture("reference/losses.safetensors")`. */
export function readFixture(name: string): Readonly<Record<string, NdArray>> {
  const at = fixturesFolder();
  if (!at) throw new Error("no fixtures folder; guard the test with fixturesFolder()");
  return decodeSafetensors(new Uint8Array(readFileSync(join(at, name))), name).tensors;
}

/** One tensor of a golden file as float64 values. */
export const fixtureValues = (tensors: Readonly<Record<string, NdArray>>, name: string): Float64Array => {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`the fixture has no tensor "${name}"`);
  return toFloat64(tensor.data);
};
