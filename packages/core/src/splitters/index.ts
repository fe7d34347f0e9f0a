import type { Component } from "../component.ts";
import { blockSplit } from "./block.ts";
import { classRowsSplit } from "./class-rows.ts";
import { fileSplit } from "./file.ts";
import { groupSplit } from "./group.ts";
import { imageBlocksSplit } from "./image-blocks.ts";
import { kFoldSplit } from "./k-fold.ts";
import { maskFileSplit } from "./mask-file.ts";
import { randomSplit } from "./random.ts";
import { randomPixelsSplit } from "./random-pixels.ts";
import { stratifiedSplit } from "./stratified.ts";
import { stripsSplit } from "./strips.ts";

export { blockSplit, type BlockSplitOptions, blockSplitSchema } from "./block.ts";
export { classRowsSplit, type ClassRowsSplitOptions, classRowsSplitSchema } from "./class-rows.ts";
export { fileSplit, fileSplitSchema } from "./file.ts";
export { groupSplit, groupSplitSchema } from "./group.ts";
export { kFoldSplit, type KFoldSplitOptions, kFoldSplitSchema } from "./k-fold.ts";
export { imageBlocksSplit, type ImageBlocksSplitOptions, imageBlocksSplitSchema } from "./image-blocks.ts";
export { maskFileSplit, type MaskFileSplitOptions, maskFileSplitSchema } from "./mask-file.ts";
export { randomPixelsSplit, type RandomPixelsSplitOptions, randomPixelsSplitSchema } from "./random-pixels.ts";
export { stripsSplit, type StripsSplitOptions, stripsSplitSchema } from "./strips.ts";
export { leakOfPixels, leakOfSamples, type PixelSplit } from "./leak.ts";
export { randomSplit, randomSplitSchema } from "./random.ts";
export { stratifiedSplit, stratifiedSplitSchema } from "./stratified.ts";

export const splitters: readonly Component<"splitter">[] = [
  randomSplit,
  blockSplit,
  groupSplit,
  stratifiedSplit,
  kFoldSplit,
  fileSplit,
  stripsSplit,
  imageBlocksSplit,
  classRowsSplit,
  randomPixelsSplit,
  maskFileSplit,
];
