import {
  type Axis,
  type FileEntry,
  type Rectangle,
  SpectraiError,
  spectralArray,
  type Target,
  type TargetSpec,
  wholeOf,
} from "@spectrai/core";
import type { CubesOptions } from "../cubes.ts";
import { type CubeFile, describeCube } from "./cube-file.ts";
import { colorTable } from "./class-colors.ts";
import { classesOf } from "./columns.ts";
import { natural, topFolder } from "./listing.ts";
import { describeMask, type MaskFile, targetShape } from "./mask-file.ts";
import type { FilePool } from "./pool.ts";
import { unlabelled } from "./unlabelled.ts";

export interface ImagePlace {
  readonly image: number;
  readonly window: Rectangle;
}

export interface CubeTarget {
  readonly spec: TargetSpec;
  /** Class of each image, where the target is a class. */
  readonly classOf?: readonly number[];
  read(place: ImagePlace): Promise<Target>;
  /** The labels of a window; absent where the target is no mask. */
  labels?(image: number, window: Rectangle): Promise<Int32Array>;
}

export interface CubeParts {
  readonly pool: FilePool;
  readonly images: readonly CubeFile[];
  readonly inputs: readonly FileEntry[];
  /** The target file of each image. */
  readonly pairs: readonly FileEntry[] | undefined;
  readonly axisOf: (file: CubeFile) => Promise<Axis>;
}

export async function cubesTarget(options: CubesOptions, parts: CubeParts): Promise<CubeTarget> {
  const { pool, pairs } = parts;
  if (!pairs) return classTarget(options, parts);
  if (options.classes === "folder")
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "A data set has one kind of target, but target and classes: folder are given. Keep one of them.",
    );
  if (options.classColors) return maskTarget(options, parts, pairs, "mask");
  const shape = await targetShape(pool, pairs[0]!.path, options.targetVariable);
  const as = options.targetAs !== "auto" ? options.targetAs : shape.length === 3 && shape[2] !== 1 ? "cube" : "mask";
  return as === "cube" ? cubeTarget(options, parts, pairs) : maskTarget(options, parts, pairs, as);
}

function classTarget(options: CubesOptions, { inputs }: CubeParts): CubeTarget {
  const folders = inputs.map((f) => topFolder(f.relative));
  const sorted = new Set(folders).size > 1 && !folders.includes(undefined);
  const wanted = options.classes === "folder" || (options.classes === "auto" && sorted);
  if (!wanted) return { spec: { kind: "none" }, read: () => Promise.resolve({ kind: "none" }) };
  const outside = folders.indexOf(undefined);
  if (outside >= 0 || !sorted)
    throw new SpectraiError(
      "SPECTRAI_DATA_LABEL",
      outside >= 0
        ? `${inputs[outside]!.path} lies in no folder below ${options.input}, so that it has no class.`
        : `${options.input} has only one class, ${folders[0]}; at least two are needed.`,
    );
  const { names, of } = classesOf(folders as string[], options.classNames, options.input, natural);
  return {
    spec: { kind: "class", classes: names },
    classOf: of,
    read: ({ image }) => Promise.resolve({ kind: "class", value: of[image]! }),
  };
}

async function cubeTarget(
  options: CubesOptions,
  { pool, images, axisOf }: CubeParts,
  pairs: readonly FileEntry[],
): Promise<CubeTarget> {
  const cubes: CubeFile[] = [];
  for (const { path } of pairs)
    cubes.push(
      await describeCube(pool, path, {
        variable: options.targetVariable,
        layout: options.layout,
        goodBands: undefined,
        noData: options.noData,
        option: "targetVariable",
      }),
    );
  const [first] = cubes as [CubeFile];
  for (const [i, cube] of cubes.entries()) {
    if (cube.bands !== first.bands)
      throw new SpectraiError(
        "SPECTRAI_DATA_LENGTH",
        `${first.path} has ${first.bands} bands, ${cube.path} has ${cube.bands}. All targets must have as many.`,
        { details: { file: cube.path } },
      );
    scaleOf(images[i]!, cube);
  }
  const axis = await axisOf(first);
  const scale = scaleOf(images[0]!, first);
  return {
    spec: {
      kind: "spectral",
      shape: sharedShape(cubes, undefined),
      axis,
      ...(scale > 1 ? { scale } : {}),
    },
    read: async ({ image, window }) => {
      const cube = cubes[image]!;
      const s = scaleOf(images[image]!, cube);
      const [y0, y1, x0, x1] = [s * window.y0, s * window.y1, s * window.x0, s * window.x1];
      const { data, valid } = await cube.read({ y0, y1, x0, x1 });
      return { kind: "spectral", value: spectralArray(data, [y1 - y0, x1 - x0, cube.bands], axis, valid) };
    },
  };
}

/** How many times finer a target is than its image. @throws SPECTRAI_DATA_SHAPE where it is no whole number of times */
function scaleOf(image: CubeFile, target: CubeFile): number {
  const scale = target.height / image.height;
  if (Number.isInteger(scale) && scale >= 1 && target.width === scale * image.width) return scale;
  throw new SpectraiError(
    "SPECTRAI_DATA_SHAPE",
    `${image.path} has ${image.height} × ${image.width} pixels, but its target ${target.path} has ${target.height} × ${target.width}, which is no whole multiple.`,
    { details: { file: image.path, target: target.path } },
  );
}

async function maskTarget(
  options: CubesOptions,
  { pool, images }: CubeParts,
  pairs: readonly FileEntry[],
  as: "mask" | "abundance",
): Promise<CubeTarget> {
  const { firstClass, ignore, classColors, ignoreColors, targetVariable } = options;
  const colors = classColors && colorTable(classColors, ignoreColors);
  const classNames = classColors ? Object.keys(classColors) : options.classNames;
  const masks: MaskFile[] = [];
  for (const [i, { path }] of pairs.entries()) {
    const mask = await describeMask(pool, path, {
      variable: targetVariable,
      as,
      colors,
      firstClass,
      ignore,
      classes: as === "mask" ? classNames?.length : undefined,
    });
    mustCover(images[i]!, mask);
    masks.push(mask);
  }
  const classes = classNames ?? (await countClasses(masks, firstClass, as));
  return {
    spec: { kind: "mask", classes, ignored: unlabelled },
    labels: (image, window) => masks[image]!.read(window),
    read: async ({ image, window }) => {
      const data = await masks[image]!.read(window);
      return {
        kind: "mask",
        value: { data, shape: [window.y1 - window.y0, window.x1 - window.x0], dtype: "int32", ignored: unlabelled },
      };
    },
  };
}

const rowsAtOnce = 256;

/** Names for the classes up to the largest label in any mask: the mask values. */
async function countClasses(
  masks: readonly MaskFile[],
  firstClass: number,
  as: "mask" | "abundance",
): Promise<string[]> {
  let count = 0;
  for (const mask of masks) {
    const { x0, x1, y1: height } = wholeOf(mask);
    for (let y0 = 0; y0 < height; y0 += rowsAtOnce) {
      const labels = await mask.read({ y0, y1: Math.min(height, y0 + rowsAtOnce), x0, x1 });
      for (const label of labels) if (label >= count) count = label + 1;
    }
  }
  if (count < 2)
    throw new SpectraiError(
      "SPECTRAI_DATA_LABEL",
      `The masks hold ${count === 0 ? "no label" : "only one class"} (first: ${masks[0]!.path}). To tell classes apart, at least two are needed; check firstClass and ignore.`,
    );
  return Array.from({ length: count }, (_, k) => String(as === "mask" ? k + firstClass : k));
}

function mustCover(
  image: CubeFile,
  target: { readonly path: string; readonly height: number; readonly width: number },
): void {
  if (image.height !== target.height || image.width !== target.width)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `${image.path} has ${image.height} × ${image.width} pixels, but its target ${target.path} has ${target.height} × ${target.width}.`,
      {
        details: { file: image.path, target: target.path },
      },
    );
}

/** `[H, W, L]`, 0 where the cubes differ. */
export function sharedShape(cubes: readonly CubeFile[], patch: number | undefined): number[] {
  const [first] = cubes as [CubeFile];
  const shared = (of: (c: CubeFile) => number): number =>
    patch !== undefined ? patch : cubes.every((c) => of(c) === of(first)) ? of(first) : 0;
  return [shared((c) => c.height), shared((c) => c.width), first.bands];
}
