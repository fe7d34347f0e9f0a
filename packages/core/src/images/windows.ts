import type { Rectangle } from "../contracts/sample.ts";
import type { ImageInfo, ImageParts } from "../contracts/splitter.ts";
import { SpectraiError } from "../errors.ts";

/** Parts of images by their number in a pixel split. */
export const partCodes = { train: 1, validation: 2, test: 3 } as const;
export type ImagePart = keyof typeof partCodes;

/** A window of an image. */
export interface Window extends Rectangle {
  readonly image: number;
}

export const heightOf = ({ y0, y1 }: Rectangle): number => y1 - y0;
export const widthOf = ({ x0, x1 }: Rectangle): number => x1 - x0;
export const wholeOf = ({ height, width }: Pick<ImageInfo, "height" | "width">): Rectangle => ({
  y0: 0,
  y1: height,
  x0: 0,
  x1: width,
});

/** The rectangles of a part that windows must stay inside: those of the split, or the image where pixels are split. */
export const rectanglesOf = (image: ImageInfo, parts: ImageParts, part: ImagePart): readonly Rectangle[] =>
  parts.kind === "rectangles" ? parts[part] : parts.part.includes(partCodes[part]) ? [wholeOf(image)] : [];

/** Whether a window holds a pixel of a part. */
export function holdsPart(image: ImageInfo, parts: ImageParts, part: ImagePart, window: Rectangle): boolean {
  if (parts.kind === "rectangles") return true;
  const code = partCodes[part];
  for (let y = window.y0; y < window.y1; y++) {
    const row = parts.part.subarray(y * image.width + window.x0, y * image.width + window.x1);
    if (row.includes(code)) return true;
  }
  return false;
}

/** Where a row of windows of `size` pixels begins, `stride` apart; the last is moved in to end at the border. */
function starts(from: number, to: number, size: number, stride: number): number[] {
  const at: number[] = [];
  for (let start = from; start + size <= to; start += stride) at.push(start);
  if (at.at(-1)! + size < to) at.push(to - size);
  return at;
}

/** Windows of `size × size` pixels that cover a rectangle that is at least as large. */
export const gridWindows = (inside: Rectangle, size: number, stride: number): Rectangle[] =>
  starts(inside.y0, inside.y1, size, stride).flatMap((y0) =>
    starts(inside.x0, inside.x1, size, stride).map((x0) => ({ y0, y1: y0 + size, x0, x1: x0 + size })),
  );

/** Windows of about equal size, at most `most` pixels high and wide, that part a rectangle: no pixel is in two. */
export function partedWindows(inside: Rectangle, most: number): Rectangle[] {
  const cuts = (from: number, to: number): number[] => {
    const count = Math.max(1, Math.ceil((to - from) / most));
    return Array.from({ length: count + 1 }, (_, k) => from + Math.round(((to - from) * k) / count));
  };
  const ys = cuts(inside.y0, inside.y1);
  const xs = cuts(inside.x0, inside.x1);
  return ys.slice(1).flatMap((y1, i) => xs.slice(1).map((x1, k): Rectangle => ({ y0: ys[i]!, y1, x0: xs[k]!, x1 })));
}

/** @throws SPECTRAI_DATA_SHAPE where a window of `size × size` does not fit */
export function mustFit(image: ImageInfo, inside: Rectangle, size: number): void {
  const [height, width] = [heightOf(inside), widthOf(inside)];
  if (size <= height && size <= width) return;
  const whole = height === image.height && width === image.width;
  throw new SpectraiError(
    "SPECTRAI_DATA_SHAPE",
    whole
      ? `${image.id} has ${height} × ${width} pixels, less than a patch of ${size} × ${size}. Choose a smaller patch.`
      : `A training part of ${image.id} has ${height} × ${width} pixels, less than a patch of ${size} × ${size}. Choose a smaller patch, or a split with larger parts.`,
    { details: { image: image.id } },
  );
}
