import type { LabelArray } from "../contracts/sample.ts";
import type { SplitImage } from "../contracts/splitter.ts";
import { splitError } from "./parts.ts";

/** The labels of an image. @throws SPECTRAI_DATA_SPLIT where the target is no mask */
export async function labelsFor(image: SplitImage, name: string): Promise<LabelArray> {
  if (!image.labels)
    throw splitError(
      `The split ${name} goes by the classes of pixels, but the target of ${image.id} is no mask; use strips or image-blocks.`,
    );
  return image.labels();
}
