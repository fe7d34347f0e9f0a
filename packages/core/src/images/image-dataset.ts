import type { Dataset } from "../contracts/dataset.ts";
import type { LabelArray, Place, Rectangle, Sample, SampleInfo, SampleSpec, Target } from "../contracts/sample.ts";
import type { ImageInfo, ImageParts, Split } from "../contracts/splitter.ts";
import type { SpectralArray } from "../axes.ts";
import { SpectraiError } from "../errors.ts";
import { rng } from "../rng.ts";
import { countedTarget } from "./counted.ts";
import { anywhere, byClass, type DrawWindow } from "./random-windows.ts";
import type { WindowOptions } from "./window-options.ts";
import {
  gridWindows,
  heightOf,
  holdsPart,
  type ImagePart,
  mustFit,
  partedWindows,
  rectanglesOf,
  type Window,
  wholeOf,
  widthOf,
} from "./windows.ts";

/** Images of which any window can be read. */
export interface ImageSource {
  /** Of whole images: 0 where their heights or widths differ. */
  readonly spec: SampleSpec;
  readonly images: readonly ImageInfo[];
  /** A window with its target. */
  read(image: number, window: Rectangle): Promise<{ readonly input: SpectralArray; readonly target: Target }>;
  /** The labels of an image; absent where the target is no mask. */
  labels?(image: number, rows?: readonly [start: number, stop: number]): Promise<LabelArray>;
  readonly source: string;
  dispose?(): void | Promise<void>;
}

/** Images with more pixels on a side are trained on in patches, where nothing is said. */
const largeSide = 128;
const usualPatch = 32;

/** A data set of images, whole until a split has cut windows out of them. */
export function imageDataset(source: ImageSource, options: WindowOptions): Dataset {
  const { images } = source;
  const info = (image: number): ImageInfo => images[image]!;
  const readWindow = async (sample: SampleInfo, window: Window): Promise<Sample> => ({
    ...sample,
    ...(await source.read(window.image, window)),
  });
  const samples = images.map((image, i) => infoOf(image, { ...wholeOf(image), image: i }, true));
  return {
    spec: source.spec,
    samples,
    source: source.source,
    read: (i) => readWindow(samples[i]!, { ...wholeOf(info(i)), image: i }),
    images: {
      list: images,
      ...(source.labels ? { labels: (i, rows) => source.labels!(i, rows) } : {}),
      cut: (parts) => cutImages(source, options, parts),
    },
    ...(source.dispose ? { dispose: () => source.dispose!() } : {}),
  };
}

async function cutImages(
  source: ImageSource,
  options: WindowOptions,
  parts: readonly ImageParts[],
): Promise<{ readonly dataset: Dataset; readonly split: Split }> {
  const { images, spec } = source;
  const divided = parts.some((p, i) => isDivided(images[i]!, p));
  const patch = patchOf(images, parts, options, divided);
  const training = trainingWindows(images, parts, patch, options.stride ?? patch);
  const random = options.patches === "random" && patch !== undefined;
  const count = random ? (options.perEpoch ?? trainingWindows(images, parts, patch, patch).length) : training.length;
  const draw = random ? await drawing(source, options, parts, patch) : undefined;
  // Where whole images are trained on, they are measured on whole as well.
  const most = patch === undefined ? Infinity : Math.max(patch, options.evaluationPatch);
  const fixed: { readonly part: ImagePart; readonly window: Window }[] = [
    ...(random ? [] : training.map((window) => ({ part: "train" as const, window }))),
    ...(["validation", "test"] as const).flatMap((part) =>
      measuredWindows(images, parts, part, most).map((window) => ({ part, window })),
    ),
  ];
  const drawn = random ? count : 0;
  const samples: SampleInfo[] = [
    ...Array.from({ length: drawn }, (_, i): SampleInfo => ({ id: `patch ${i}`, group: `patch ${i}` })),
    ...fixed.map(({ window }) => infoOf(images[window.image]!, window, patch === undefined)),
  ];
  const indices = (part: ImagePart): number[] =>
    part === "train" && random
      ? Array.from({ length: drawn }, (_, i) => i)
      : fixed.flatMap((f, i) => (f.part === part ? [drawn + i] : []));

  const read = async (sample: SampleInfo, part: ImagePart, window: Window): Promise<Sample> => {
    const image = images[window.image]!;
    const { input, target } = await source.read(window.image, window);
    return { ...sample, input, target: countedTarget(target, image, parts[window.image]!, part, window) };
  };
  return {
    split: { train: indices("train"), validation: indices("validation"), test: indices("test") },
    dataset: {
      spec: {
        ...spec,
        ...(patch === undefined
          ? {}
          : cutSpec(
              spec,
              patch,
              options,
              fixed.some((f) => f.part !== "train"),
            )),
      },
      samples,
      source: source.source,
      ...(random ? { redrawn: true } : {}),
      read(i, epoch = 0) {
        if (i >= drawn) return read(samples[i]!, fixed[i - drawn]!.part, fixed[i - drawn]!.window);
        const window = draw!(rng(options.seed, "patch", epoch, i));
        const image = images[window.image]!;
        return read({ id: windowName(image, window), group: image.group }, "train", window);
      },
      ...(source.dispose ? { dispose: () => source.dispose!() } : {}),
    },
  };
}

const isDivided = (image: ImageInfo, parts: ImageParts): boolean => {
  if (parts.kind === "pixels") return true;
  const all = [...parts.train, ...parts.validation, ...parts.test];
  return all.some((r) => heightOf(r) < image.height || widthOf(r) < image.width);
};

/** The side of training windows; undefined where whole images are samples. */
function patchOf(
  images: readonly ImageInfo[],
  parts: readonly ImageParts[],
  options: WindowOptions,
  divided: boolean,
): number | undefined {
  if (options.patch !== undefined) return options.patch;
  const sides = images.flatMap((image, i) =>
    rectanglesOf(image, parts[i]!, "train").flatMap((r) => [heightOf(r), widthOf(r)]),
  );
  const whole = !divided && Math.max(...images.flatMap((i) => [i.height, i.width])) <= largeSide;
  return whole && options.patches === "grid" ? undefined : Math.min(usualPatch, ...sides);
}

/** Windows that training looks at: of the patch's size, or whole rectangles where there is none. */
function trainingWindows(
  images: readonly ImageInfo[],
  parts: readonly ImageParts[],
  patch: number | undefined,
  stride: number | undefined,
): Window[] {
  return images.flatMap((info, image) =>
    rectanglesOf(info, parts[image]!, "train").flatMap((inside) => {
      if (patch === undefined) return [{ ...inside, image }];
      mustFit(info, inside, patch);
      return gridWindows(inside, patch, stride ?? patch)
        .filter((w) => holdsPart(info, parts[image]!, "train", w))
        .map((w) => ({ ...w, image }));
    }),
  );
}

/** Windows of a part that is measured on: no pixel is in two of them. */
const measuredWindows = (
  images: readonly ImageInfo[],
  parts: readonly ImageParts[],
  part: ImagePart,
  most: number,
): Window[] =>
  images.flatMap((info, image) =>
    rectanglesOf(info, parts[image]!, part).flatMap((inside) =>
      partedWindows(inside, most)
        .filter((w) => holdsPart(info, parts[image]!, part, w))
        .map((w) => ({ ...w, image })),
    ),
  );

async function drawing(
  { images, labels }: ImageSource,
  { balance, seed }: WindowOptions,
  parts: readonly ImageParts[],
  patch: number,
): Promise<DrawWindow> {
  for (const [i, info] of images.entries())
    for (const inside of rectanglesOf(info, parts[i]!, "train")) mustFit(info, inside, patch);
  if (!balance) return anywhere(images, parts, patch);
  if (!labels)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      "data: patches are to be balanced by class, but the target is no mask; leave out balance.",
    );
  return byClass(images, parts, patch, labels, rng(seed, "places"));
}

/** The shapes of samples that are patches: 0 where those that are measured on are larger. */
function cutSpec(
  spec: SampleSpec,
  patch: number,
  { evaluationPatch }: WindowOptions,
  mixed: boolean,
): Pick<SampleSpec, "shape" | "target"> {
  const side = mixed && evaluationPatch !== patch ? 0 : patch;
  const [height, width, bands] = spec.shape as [number, number, number];
  const { target } = spec;
  if (target.kind !== "spectral") return { shape: [side, side, bands], target };
  const scale = target.scale ?? (height > 0 ? target.shape[0]! / height : width > 0 ? target.shape[1]! / width : 1);
  return {
    shape: [side, side, bands],
    target: {
      ...target,
      shape: [side * scale, side * scale, target.shape[2]!],
      ...(scale > 1 ? { scale } : {}),
    },
  };
}

const windowName = (image: ImageInfo, { y0, x0 }: Rectangle): string => `${image.id}@${y0},${x0}`;

function infoOf(image: ImageInfo, window: Window, whole: boolean): SampleInfo {
  const { y0, y1, x0, x1 } = window;
  const place: Place = { image: image.id, y0, y1, x0, x1 };
  const isImage = whole && heightOf(window) === image.height && widthOf(window) === image.width;
  return { id: isImage ? image.id : windowName(image, window), group: image.group, place };
}
