import {
  type Axis,
  type Dataset,
  type FileEntry,
  ignoreUnmeasured,
  imageDataset,
  type ImageInfo,
  type Rectangle,
  type Sample,
  type SampleInfo,
  SpectraiError,
  spectralArray,
  type SpectralArray,
  type Target,
  wholeOf,
  windowsOf,
} from "@spectrai/core";
import type { CubesOptions } from "../cubes.ts";
import { axesDiffer, type AxisOption, resolveAxis, risingOrder } from "./axis.ts";
import { bandsWithData, type CubeFile, type CubeOptions, describeCube } from "./cube-file.ts";
import { type CubeTarget, cubesTarget, sharedShape } from "./cubes-target.ts";
import { listDataFiles, pairFiles, parentFolder } from "./listing.ts";
import type { Deps } from "./open-spectra.ts";
import { patchesOf } from "./patches.ts";
import { type FilePool, filePool } from "./pool.ts";
import { unlabelled } from "./unlabelled.ts";

/** Files held open: one that was compressed is held unpacked. */
const mostOpen = 4;

export interface CubesDeps extends Deps {
  readonly seed: number;
}

export async function openCubes(options: CubesOptions, deps: CubesDeps): Promise<Dataset> {
  const pool = filePool(deps.files, deps.formats, mostOpen);
  try {
    return await open(options, deps, pool);
  } catch (e) {
    await pool.dispose();
    throw e;
  }
}

type Reorder = NonNullable<Parameters<typeof resolveAxis>[6]>;

/** The images of a data set, and what they are to be turned into. */
interface OpenCubes {
  readonly images: readonly CubeFile[];
  readonly infos: readonly ImageInfo[];
  readonly axis: Axis;
  readonly target: CubeTarget;
  readonly source: string;
  readonly pool: FilePool;
}

async function open(options: CubesOptions, deps: CubesDeps, pool: FilePool): Promise<Dataset> {
  const inputs = await listDataFiles(deps.files, deps.formats, options.input);
  const described = await describeImages(options, inputs, pool, deps);
  const axisOf = (file: CubeFile, option: AxisOption | undefined, reorder?: Reorder): Promise<Axis> =>
    resolveAxis(option, file.allBands, file.path, pool, deps.logger, file.kept, reorder);
  let order: readonly number[] | undefined;
  const [unordered] = described as [CubeFile];
  const axis = await axisOf(unordered, options.axis, (values) => {
    const kept = unordered.kept ?? Array.from({ length: unordered.allBands }, (_, b) => b);
    const rising = risingOrder(values, kept);
    if (rising !== kept) order = rising;
    return order;
  });
  if (order) deps.logger.info(`The bands of ${unordered.path} are put into the order of their wavelengths.`);
  const images = order ? described.map((image) => image.withBands(order!)) : described;
  const [first] = images as [CubeFile];
  const target = await cubesTarget(options, {
    pool,
    images,
    inputs,
    pairs: await targetFiles(options, inputs, deps),
    axisOf: (file) =>
      !options.targetAxis && file.bands === first.bands ? Promise.resolve(axis) : axisOf(file, options.targetAxis),
  });
  const infos = inputs.map(({ relative }, i): ImageInfo => {
    const { height, width } = images[i]!;
    return { id: relative, group: options.groupBy === "folder" ? parentFolder(relative) : relative, height, width };
  });
  const source = [options.input, options.target].filter((s) => s !== undefined).join(", ");
  const opened: OpenCubes = { images, infos, axis, target, source, pool };
  return target.spec.kind === "class" ? classDataset(options, opened) : dividedDataset(options, opened, deps.seed);
}

/** The images, without those bands that have no data in the first of them. */
async function describeImages(
  options: CubesOptions,
  inputs: readonly FileEntry[],
  pool: FilePool,
  { logger }: CubesDeps,
): Promise<CubeFile[]> {
  const how: CubeOptions = {
    variable: options.variable,
    layout: options.layout,
    goodBands: options.goodBands,
    noData: options.noData,
    option: "variable",
  };
  const [head] = inputs as [FileEntry];
  const first = await describeCube(pool, head.path, how);
  let only: readonly number[] | undefined;
  if (first.noData !== undefined) {
    const found = await bandsWithData(first, first.noData);
    if (found.length === 0)
      throw new SpectraiError(
        "SPECTRAI_DATA_EMPTY",
        `${first.path} has no data anywhere: all of its values are ${first.noData}, which stands for no data. Check the option noData.`,
        { details: { file: first.path } },
      );
    const missing = first.allBands - found.length;
    if (missing > 0) {
      only = found;
      logger.info(`${missing} of ${first.allBands} bands have no data in ${first.path} and are left out.`);
    }
  }
  const images: CubeFile[] = [];
  for (const { path } of inputs)
    images.push(await describeCube(pool, path, only === undefined ? how : { ...how, only }));
  for (const image of images.slice(1)) checkAlike(images[0]!, image, options.axis === undefined);
  return images;
}

/** The target file of each image; undefined where there is no target. */
async function targetFiles(
  { target, targetVariable }: CubesOptions,
  inputs: readonly FileEntry[],
  { files, formats, logger }: CubesDeps,
): Promise<readonly FileEntry[] | undefined> {
  if (target === undefined) return targetVariable === undefined ? undefined : inputs;
  const { pairs, unused } = pairFiles(inputs, await listDataFiles(files, formats, target), target);
  if (unused.length > 0)
    logger.warn(
      `${unused.length} target files have no image and are not used: ${unused
        .slice(0, 3)
        .map((f) => f.path)
        .join(", ")}.`,
    );
  return pairs;
}

/** Images whose pixels a split may divide. */
function dividedDataset(
  options: CubesOptions,
  { images, infos, axis, target, source, pool }: OpenCubes,
  seed: number,
): Dataset {
  const { labels } = target;
  return imageDataset(
    {
      spec: { data: "cube", shape: sharedShape(images, undefined), axis, target: target.spec },
      images: infos,
      source,
      async read(image, window) {
        const input = await readCube(images[image]!, window, axis);
        return { input, target: withoutMissing(await target.read({ image, window }), input) };
      },
      ...(labels
        ? {
            labels: async (image, [y0, y1] = [0, infos[image]!.height]) => {
              const { width } = infos[image]!;
              const data = await labels(image, { y0, y1, x0: 0, x1: width });
              return { data, shape: [y1 - y0, width], dtype: "int32", ignored: unlabelled };
            },
          }
        : {}),
      dispose: () => pool.dispose(),
    },
    windowsOf(options, seed),
  );
}

/** Pixels whose input was not measured do not count. */
function withoutMissing(target: Target, { valid, shape }: SpectralArray): Target {
  if (!valid) return target;
  if (target.kind === "mask") return { kind: "mask", value: ignoreUnmeasured(target.value, valid) };
  if (target.kind !== "spectral" || target.value.shape[0] !== shape[0]) return target;
  const own = target.value.valid;
  return { kind: "spectral", value: { ...target.value, valid: valid.map((v, i) => (v && own?.[i] !== 0 ? 1 : 0)) } };
}

async function readCube(image: CubeFile, window: Rectangle, axis: Axis): Promise<SpectralArray> {
  const { y0, y1, x0, x1 } = window;
  const { data, valid } = await image.read(window);
  return spectralArray(data, [y1 - y0, x1 - x0, image.bands], axis, valid);
}

/** Images, or patches of them, that have one class each. */
function classDataset(
  { patch, stride }: CubesOptions,
  { images, infos, axis, target, source, pool }: OpenCubes,
): Dataset {
  const places = images.flatMap((file, image) =>
    (patch === undefined ? [wholeOf(file)] : patchesOf(file, patch, stride ?? patch)).map((window) => ({
      image,
      window,
    })),
  );
  const samples = places.map(({ image, window }): SampleInfo => {
    const { id, group } = infos[image]!;
    const k = target.classOf?.[image];
    return {
      id: patch === undefined ? id : `${id}@${window.y0},${window.x0}`,
      group,
      place: { image: id, ...window },
      ...(k === undefined ? {} : { class: k }),
    };
  });
  return {
    spec: { data: "cube", shape: sharedShape(images, patch), axis, target: target.spec },
    samples,
    source,
    async read(i): Promise<Sample> {
      const info = samples[i];
      const place = places[i];
      if (!info || !place)
        throw new SpectraiError("SPECTRAI_INTERNAL", `There is no sample ${i} of ${samples.length}.`);
      const input = await readCube(images[place.image]!, place.window, axis);
      return { ...info, input, target: await target.read(place) };
    },
    dispose: () => pool.dispose(),
  };
}

function checkAlike(a: CubeFile, b: CubeFile, compareAxes: boolean): void {
  if (a.bands !== b.bands)
    throw new SpectraiError(
      "SPECTRAI_DATA_LENGTH",
      `${a.path} has ${a.bands} bands, ${b.path} has ${b.bands}. All images must have as many.`,
      { details: { file: b.path, other: a.path } },
    );
  if (compareAxes && a.axis && b.axis && axesDiffer(a.axis, b.axis))
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `${a.path} and ${b.path} have different spectral axes. Set the option axis if the difference does not matter.`,
      { details: { file: b.path, other: a.path } },
    );
}
