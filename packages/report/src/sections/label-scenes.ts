import type { Block, ColorKey, ImagesBlock, TitledImage } from "../blocks.ts";
import { formatPercent } from "../format.ts";
import { classHex } from "../image/class-colors.ts";
import { channelsOf, compositeBands, compositeImage, stretchOf } from "../image/composite.ts";
import { labelImage, verdictColors, verdictImage } from "../image/maps.ts";
import { axisLabel, imageSize, type LabelImage, type SpectralImage } from "../image/spectral-image.ts";
import type { LineSeries, Tone } from "../plot/line-plot.ts";
import { hexOf } from "../plot/tones.ts";
import { aboutGrid, titled } from "./cube-scenes.ts";

/** An image whose pixels were given classes. */
export interface LabelScene {
  readonly id: string;
  /** Why it was picked: `best`, `median`, `worst`. */
  readonly label: string;
  readonly input: SpectralImage;
  readonly truth: LabelImage;
  /** The network first, then what it is compared with: the class of each pixel. */
  readonly methods: readonly { readonly name: string; readonly predicted: ArrayLike<number> }[];
}

/** What the colours of label maps mean, with the pixels that have no label. */
export const classKeys = (classes: readonly string[]): ColorKey[] => [
  ...classes.map((label, c) => ({ label, color: classHex(c) })),
  { label: "not counted" },
];

/** An image in pictures (three bands as colours, true and predicted classes, where they differ) and spectra of its classes. */
export async function labelSceneBlocks(scene: LabelScene, classes: readonly string[]): Promise<Block[]> {
  const spectra = spectraBlock(scene, classes);
  return [
    { kind: "text", text: `${scene.label}: ${scene.id}` },
    await mapsBlock(scene, classes),
    await verdictsBlock(scene),
    ...(spectra ? [spectra] : []),
  ];
}

async function mapsBlock({ input, truth, methods }: LabelScene, classes: readonly string[]): Promise<ImagesBlock> {
  const choice = compositeBands(input.axis);
  const channels = channelsOf(input, choice.bands);
  const images: TitledImage[] = [
    await titled("input", "The input as a colour picture", compositeImage(channels, stretchOf([channels]))),
    await titled("truth", `True classes: ${sharesText(truth.data, truth, classes)}`, labelImage(truth)),
  ];
  for (const { name, predicted } of methods) {
    const labels = { ...truth, data: predicted };
    const alt = `Classes by ${name}: ${sharesText(predicted, labels, classes)}`;
    images.push(await titled(name, alt, labelImage(labels, input.valid)));
  }
  const present = classKeys(classes);
  return {
    kind: "images",
    images,
    keys: present,
    caption: `The input with three bands as colours (${choice.about}), each from its 2nd to its 98th percentile; true and predicted classes.${aboutGrid(truth, "means of the input, the class in the middle")}`,
  };
}

/** A cube as a colour picture, beside the mask or the cube that belongs to it. */
export async function sampleBlock(
  input: SpectralImage,
  target: SpectralImage | LabelImage | undefined,
  classes: readonly string[],
): Promise<ImagesBlock> {
  const choice = compositeBands(input.axis);
  const channels = channelsOf(input, choice.bands);
  const images = [
    await titled("input", "The input as a colour picture", compositeImage(channels, stretchOf([channels]))),
  ];
  if (target && "ignored" in target)
    images.push(await titled("mask", `Classes: ${sharesText(target.data, target, classes)}`, labelImage(target)));
  else if (target) {
    const clean = channelsOf(target, compositeBands(target.axis).bands);
    images.push(await titled("target", "The target as a colour picture", compositeImage(clean, stretchOf([clean]))));
  }
  return {
    kind: "images",
    images,
    ...(target && "ignored" in target ? { keys: classKeys(classes) } : {}),
    caption: `Colours: ${choice.about}.`,
  };
}

/** Most classes that are named to who cannot see a map. */
const mostNamed = 8;

function sharesText(labels: ArrayLike<number>, { ignored }: LabelImage, classes: readonly string[]): string {
  const counts = new Float64Array(classes.length);
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === ignored || !(label >= 0 && label < classes.length)) continue;
    counts[label]!++;
    total++;
  }
  if (total === 0) return "no pixel has one";
  return classes
    .map((name, c) => ({ name, count: counts[c]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, mostNamed)
    .map(({ name, count }) => `${name} ${formatPercent(count / total)}`)
    .join(", ");
}

async function verdictsBlock({ truth, methods }: LabelScene): Promise<ImagesBlock> {
  const images: TitledImage[] = [];
  for (const { name, predicted } of methods) {
    const { wrong, counted } = countWrong(predicted, truth);
    const share = counted > 0 ? formatPercent(wrong / counted) : "–";
    const alt = `Where ${name} is wrong: ${wrong} of ${counted} labelled pixels`;
    images.push(await titled(`${name}: ${share} wrong`, alt, verdictImage(predicted, truth)));
  }
  return {
    kind: "images",
    images,
    keys: [
      { label: "right", color: hexOf(verdictColors.right) },
      { label: "wrong", color: hexOf(verdictColors.wrong) },
      { label: "not counted" },
    ],
    caption: `Where the predicted class is not the true one.${aboutGrid(truth, "the pixel in the middle")}`,
  };
}

/** How many labelled pixels there are, and how many of them got another class. */
export function countWrong(
  predicted: ArrayLike<number>,
  { data, ignored }: LabelImage,
): { readonly wrong: number; readonly counted: number } {
  let [wrong, counted] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (label === ignored || label < 0) continue;
    counted++;
    if (predicted[i] !== label) wrong++;
  }
  return { wrong, counted };
}

/** As many lines as have a tone that is near the class's colour. */
const tones: readonly Tone[] = ["blue", "orange", "green", "purple", "red", "teal", "ink", "grey"];

/** The input's spectrum at one pixel of each class: the one in the middle of its pixels, row by row. */
function spectraBlock({ input, truth, methods }: LabelScene, classes: readonly string[]): Block | undefined {
  const picks = pixelOfClasses(truth, classes.length);
  const { width } = imageSize(truth);
  const points = input.axis.values.length;
  const series = picks
    .toSorted((a, b) => b.count - a.count)
    .slice(0, tones.length)
    .sort((a, b) => a.class - b.class)
    .map(({ class: c, pixel }): LineSeries => {
      const said = methods[0]?.predicted[pixel];
      const verdict = said === undefined || said === c ? "" : `, taken for ${classes[said] ?? said}`;
      return {
        name: `${classes[c]} (row ${Math.floor(pixel / width)}, column ${pixel % width}${verdict})`,
        x: input.axis.values,
        y: Array.from({ length: points }, (_, i) => input.data[pixel * points + i]!),
        tone: tones[c % tones.length]!,
      };
    });
  if (series.length === 0) return undefined;
  return {
    kind: "lines",
    height: 260,
    caption: `The input at one pixel of each class, the middle one of its pixels row by row${picks.length > series.length ? `; the ${series.length} largest of ${picks.length} classes` : ""}.`,
    plot: { x: { label: axisLabel(input.axis), unit: input.axis.unit }, y: { label: "Value" }, series },
  };
}

/** For each class that occurs how many pixels it has, and the middle one of them in the order of the image. */
export function pixelOfClasses(
  { data, ignored }: LabelImage,
  classes: number,
): { readonly class: number; readonly pixel: number; readonly count: number }[] {
  const counts = new Float64Array(classes);
  const counted = (label: number): boolean => label !== ignored && label >= 0 && label < classes;
  for (let i = 0; i < data.length; i++) if (counted(data[i]!)) counts[data[i]!]!++;
  const seen = new Float64Array(classes);
  const out: { class: number; pixel: number; count: number }[] = [];
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (!counted(label)) continue;
    if (seen[label]!++ === Math.floor(counts[label]! / 2)) out.push({ class: label, pixel: i, count: counts[label]! });
  }
  return out.sort((a, b) => a.class - b.class);
}
