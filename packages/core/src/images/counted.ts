import type { LabelArray, Rectangle, Target } from "../contracts/sample.ts";
import type { ImageInfo, ImageParts } from "../contracts/splitter.ts";
import { type ImagePart, partCodes } from "./windows.ts";

/** A window's target of which only the pixels of a part count: labels of others are ignored, spectra of others not valid. */
export function countedTarget(
  target: Target,
  image: ImageInfo,
  parts: ImageParts,
  part: ImagePart,
  window: Rectangle,
): Target {
  // A window inside a rectangle of its part holds no other pixels.
  if (parts.kind === "rectangles" || (target.kind !== "mask" && target.kind !== "spectral")) return target;
  const [height, width] = target.value.shape as [number, number];
  // Targets may lie on a finer grid than the image that was split.
  const scale = height / (window.y1 - window.y0);
  const counts = (i: number): boolean => {
    const y = window.y0 + Math.floor(Math.floor(i / width) / scale);
    const x = window.x0 + Math.floor((i % width) / scale);
    return parts.part[y * image.width + x] === partCodes[part];
  };
  if (target.kind === "mask") {
    const { ignored } = target.value;
    const data = target.value.data.map((label, i) => (counts(i) ? label : ignored));
    return { kind: "mask", value: { ...target.value, data } };
  }
  const measured = target.value.valid;
  const valid = Uint8Array.from({ length: height * width }, (_, i) => (counts(i) && measured?.[i] !== 0 ? 1 : 0));
  return { kind: "spectral", value: { ...target.value, valid } };
}

/** Labels of which those without data are ignored. */
export function ignoreUnmeasured(labels: LabelArray, valid: Uint8Array | undefined): LabelArray {
  if (!valid) return labels;
  return { ...labels, data: labels.data.map((label, i) => (valid[i] ? label : labels.ignored)) };
}
