import { basename, dirname, extname, join } from "node:path";
import { type ByteSink, type ImageHeader, type ImageRows, SpectraiError } from "@spectrai/core";
import { type AtomicSink, atomicSink, errorFromSystem, makeFolder } from "@spectrai/core/node";
import { simulateRows } from "../scene/simulate.ts";
import { type SceneOptions, sceneSimulator } from "../scene/simulator.ts";

export interface WrittenScene {
  /** The image, with its header `.hdr` beside it. */
  readonly image: string;
  /** Its labels: 0 = none, then the materials in their order. */
  readonly labels: string;
  readonly bytes: number;
}

/** Green, brown, blue and grey as on a map, one for each material that there is. */
const colors: Readonly<Record<string, readonly [number, number, number]>> = {
  tree: [0, 100, 0],
  grass: [100, 220, 60],
  "dry-grass": [200, 190, 90],
  soil: [140, 90, 40],
  water: [30, 60, 200],
  asphalt: [60, 60, 60],
  concrete: [180, 180, 180],
  "tile-roof": [200, 80, 40],
  "metal-roof": [120, 160, 240],
};

/**
 * Writes a simulated scene and its labels as ENVI files (`NAME.dat`, `NAME_labels.dat` and their headers), some rows at a
 * time: the image need not fit into memory.
 *
 * @param path - of the image, ending in .dat, .img, .raw or .bip
 * @throws SPECTRAI_USAGE, SPECTRAI_COMPONENT_OPTIONS, SPECTRAI_FILE_UNWRITABLE, SPECTRAI_DISK_FULL
 */
export async function writeScene(
  path: string,
  options: SceneOptions,
  { image = 0, progress }: { readonly image?: number; readonly progress?: (rows: number) => void } = {},
): Promise<WrittenScene> {
  const { enviWriter } = await import("@spectrai/io-formats");
  const writer = await enviWriter.create({}, {});
  const extension = extname(path);
  if (!writer.extensions.includes(extension) || !writer.image)
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `"${path}": a simulated scene is written as ENVI, whose files end in ${writer.extensions.join(", ")}.`,
    );
  await makeFolder(dirname(path)).catch((e: unknown) => {
    throw errorFromSystem(e, dirname(path), "write");
  });
  const { axis, classes } = sceneSimulator(options);
  const { height, width, bands } = options;
  const labelsPath = join(dirname(path), `${basename(path, extension)}_labels${extension}`);
  const named = classes.map((name) => ({ name, color: colors[name] ?? ([255, 255, 255] as const) }));
  const open: AtomicSink[] = [];
  const start = async (file: string, header: ImageHeader): Promise<ImageRows> => {
    const sink = async (name: string): Promise<ByteSink> => {
      const opened = await atomicSink(name);
      open.push(opened);
      return opened;
    };
    const beside = (ending: string): Promise<ByteSink> =>
      sink(join(dirname(file), `${basename(file, extension)}${ending}`));
    return writer.image!(header, await sink(file), beside);
  };
  try {
    const cube = await start(path, { name: "reflectance", height, width, bands, dtype: "float32", axis });
    const labels = await start(labelsPath, {
      name: "labels",
      height,
      width,
      dtype: "int32",
      classes: [{ name: "Unclassified", color: [0, 0, 0] }, ...named],
    });
    const numbers = new Int32Array(16 * width);
    for (const rows of simulateRows(options, image, 16)) {
      await cube.write(rows.cube);
      rows.labels.forEach((label, i) => (numbers[i] = label + 1));
      await labels.write(numbers.subarray(0, rows.labels.length));
      progress?.(rows.y1);
    }
    await cube.end();
    await labels.end();
    for (const sink of open) await sink.commit();
  } catch (e) {
    for (const sink of open) await sink.abort();
    throw e;
  }
  return { image: path, labels: labelsPath, bytes: height * width * bands * 4 };
}
