import { SpectraiError } from "@spectrai/core";
import { countOf, type Recogniser, shapeOf } from "./recognised.ts";

/** Filters before the last layer and number of blocks of each variant (Tan and Le, ICML 2019, as in their code). */
const variants: ReadonlyMap<string, string> = new Map([
  ["1280,16", "b0"],
  ["1280,23", "b1"],
  ["1408,23", "b2"],
  ["1536,26", "b3"],
  ["1792,32", "b4"],
  ["2048,39", "b5"],
  ["2304,45", "b6"],
  ["2560,55", "b7"],
]);

export const recogniseEfficientNet: Recogniser = (state, file) => {
  const first = shapeOf(state, "_conv_stem.weight");
  const last = shapeOf(state, "_fc.weight");
  if (!first || !last) return undefined;
  const blocks = countOf(state, (i) => `_blocks.${i}._depthwise_conv.weight`);
  const variant = variants.get(`${last[1]},${blocks}`);
  if (variant === undefined && blocks !== 16)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${file} holds an EfficientNet of ${blocks} blocks and ${last[1]} features, which is none of b0 to b7.`,
    );
  return {
    models: ["efficientnet"],
    options: variant === undefined ? { widthFactor: last[1]! / 1280, depthFactor: 1 } : { variant },
    open: {},
    data: "cube",
    points: first[1]!,
    endings: [{ kind: "numbers", count: last[0]! }],
  };
};
