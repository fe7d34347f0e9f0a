import type { Sample } from "../contracts/sample.ts";
import type { BaselineData } from "../contracts/baseline.ts";
import type { Part } from "./batches.ts";

/** Samples that are in memory all at once, for what cannot learn from one after the other, take at most about so many bytes. */
const mostBytes = 256 * 2 ** 20;

export function bytesOf({ input, target }: Sample): number {
  const own = target.kind === "spectral" || target.kind === "mask" ? target.value.data.byteLength : 0;
  return input.data.byteLength + own;
}

/** All samples of a part, or as many as memory allows, evenly spaced over it. */
export async function readSome(part: Part, most = mostBytes): Promise<Sample[]> {
  if (part.size === 0) return [];
  const first = await part.read(0);
  const count = Math.min(part.size, Math.max(1, Math.floor(most / bytesOf(first))));
  const samples = [first];
  for (let k = 1; k < count; k++) samples.push(await part.read(Math.floor((k * part.size) / count)));
  return samples;
}

/** What baselines may look at of a part. */
export async function baselineData(part: Part & { readonly classes?: number }): Promise<BaselineData> {
  const samples = await readSome(part);
  return {
    size: samples.length,
    ...(part.classes === undefined ? {} : { classes: part.classes }),
    sample: (i) => samples[i]!,
  };
}
