import { openDataset, openWorkbench, readConfig, resolveData, type Logger } from "@spectrai/core";
import { fileSource, nodeFileSystem } from "@spectrai/core/node";
import ioFormats from "@spectrai/io-formats";
import { trainingConfig } from "./config.ts";
import type { LargeCubeOptions } from "./options.ts";
import { sceneFiles } from "./scene.ts";

/** What was read, and how fast: 10⁶ bytes a second. */
export interface Reading {
  readonly bytes: number;
  readonly seconds: number;
  readonly rate: number;
}

const block = 8 << 20;
/** As many reads wait at a time as a training step has patches. */
const outstanding = 16;

const reading = (bytes: number, seconds: number): Reading => ({ bytes, seconds, rate: bytes / 1e6 / seconds });

/** The whole file from its beginning, in blocks of 8 MB, one after the other into the same memory. */
export async function readPlainly(options: LargeCubeOptions): Promise<Reading> {
  const source = await fileSource(sceneFiles(options).image);
  const buffer = new Uint8Array(block);
  const started = performance.now();
  for (let at = 0; at < source.size; at += block)
    await source.readInto!(at, buffer.subarray(0, Math.min(block, source.size - at)));
  const seconds = (performance.now() - started) / 1000;
  await source.close?.();
  return reading(source.size, seconds);
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Random patches with their labels, read through the data set as training does: a step's at a time, the next ones ahead. */
export async function readPatches(options: LargeCubeOptions): Promise<Reading> {
  const given = readConfig(trainingConfig(options));
  const bench = await openWorkbench({
    plugins: [ioFormats],
    files: nodeFileSystem(options.folder),
    logger: silent,
    seed: 1,
  });
  try {
    const whole = await openDataset(bench, resolveData(given, bench.registry));
    const { lines, samples, bands, patch, reads } = options;
    const train = [{ y0: 0, y1: lines, x0: 0, x1: samples }];
    const { dataset } = await whole.images!.cut([{ kind: "rectangles", train, validation: [], test: [] }]);
    const size = dataset.samples.length;
    let sum = 0;
    const started = performance.now();
    const next = (from: number) =>
      Promise.all(
        Array.from({ length: Math.min(outstanding, reads - from) }, (_, k) =>
          dataset.read((from + k) % size, Math.floor((from + k) / size)),
        ),
      );
    let ahead = next(0);
    for (let from = 0; from < reads; from += outstanding) {
      const patches = await ahead;
      if (from + outstanding < reads) ahead = next(from + outstanding);
      for (const { input } of patches) sum += input.data.byteLength;
    }
    const seconds = (performance.now() - started) / 1000;
    if (sum !== 4 * reads * patch * patch * bands)
      throw new Error(`${sum} bytes were read, not those of ${reads} patches.`);
    return reading(sum, seconds);
  } finally {
    await bench.services.dispose();
  }
}
