import { type Axis, type Dataset, type Sample, type SampleInfo, SpectraiError, spectralArray } from "@spectrai/core";
import type { CubesOptions } from "../cubes.ts";
import { axesDiffer, type AxisOption, resolveAxis } from "./axis.ts";
import { type CubeFile, describeCube, patchesOf, wholeOf } from "./cube-file.ts";
import { cubesTarget, type ImagePlace, sharedShape } from "./cubes-target.ts";
import { listDataFiles, pairFiles, parentFolder } from "./listing.ts";
import type { Deps } from "./open-spectra.ts";
import { type FilePool, filePool } from "./pool.ts";

/** Files held open: one that was compressed is held unpacked. */
const mostOpen = 4;

export async function openCubes(options: CubesOptions, deps: Deps): Promise<Dataset> {
  const pool = filePool(deps.files, deps.formats, mostOpen);
  try {
    return await open(options, deps, pool);
  } catch (e) {
    await pool.dispose();
    throw e;
  }
}

async function open(options: CubesOptions, deps: Deps, pool: FilePool): Promise<Dataset> {
  const inputs = await listDataFiles(deps.files, deps.formats, options.input);
  const images: CubeFile[] = [];
  for (const { path } of inputs)
    images.push(
      await describeCube(pool, path, {
        variable: options.variable,
        layout: options.layout,
        goodBands: options.goodBands,
        option: "variable",
      }),
    );
  const [first] = images as [CubeFile];
  for (const image of images.slice(1)) checkAlike(first, image, options.axis === undefined);
  const axisOf = (file: CubeFile, option: AxisOption | undefined): Promise<Axis> =>
    resolveAxis(option, file.allBands, file.path, pool, deps.logger, file.kept);
  const axis = await axisOf(first, options.axis);

  const hasTarget = options.target !== undefined || options.targetVariable !== undefined;
  const found = !hasTarget
    ? undefined
    : options.target === undefined
      ? { pairs: inputs, unused: [] }
      : pairFiles(inputs, await listDataFiles(deps.files, deps.formats, options.target), options.target);
  if (found && found.unused.length > 0)
    deps.logger.warn(
      `${found.unused.length} target files have no image and are not used: ${found.unused
        .slice(0, 3)
        .map((f) => f.path)
        .join(", ")}.`,
    );
  const target = await cubesTarget(options, {
    pool,
    images,
    inputs,
    pairs: found?.pairs,
    axisOf: (file) =>
      !options.targetAxis && file.bands === first.bands ? Promise.resolve(axis) : axisOf(file, options.targetAxis),
  });

  const { patch } = options;
  const places: ImagePlace[] = images.flatMap((file, image) =>
    patch === undefined
      ? [{ image, window: wholeOf(file) }]
      : patchesOf(file, patch, options.stride ?? patch).map((window) => ({ image, window })),
  );
  const samples = places.map(({ image, window }): SampleInfo => {
    const { relative } = inputs[image]!;
    const k = target.classOf?.[image];
    return {
      id: patch === undefined ? relative : `${relative}@${window.y0},${window.x0}`,
      group: options.groupBy === "folder" ? parentFolder(relative) : relative,
      ...(k === undefined ? {} : { class: k }),
    };
  });

  return {
    spec: { data: "cube", shape: sharedShape(images, patch), axis, target: target.spec },
    samples,
    source: [options.input, options.target].filter((s) => s !== undefined).join(", "),
    async read(i): Promise<Sample> {
      const info = samples[i];
      const place = places[i];
      if (!info || !place)
        throw new SpectraiError("SPECTRAI_INTERNAL", `There is no sample ${i} of ${samples.length}.`);
      const { y0, y1, x0, x1 } = place.window;
      const image = images[place.image]!;
      const input = spectralArray(await image.read(place.window), [y1 - y0, x1 - x0, image.bands], axis);
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
