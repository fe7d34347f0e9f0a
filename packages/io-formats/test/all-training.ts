import { type Dataset, wholeOf } from "@spectrai/core";

/** The windows of images that are all for training. */
export async function allTraining(set: Dataset): Promise<Dataset> {
  if (!set.images) return set;
  const parts = set.images.list.map((image) => ({
    kind: "rectangles" as const,
    train: [wholeOf(image)],
    validation: [],
    test: [],
  }));
  return (await set.images.cut(parts)).dataset;
}
