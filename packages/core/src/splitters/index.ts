import type { Component } from "../component.ts";
import { blockSplit } from "./block.ts";
import { fileSplit } from "./file.ts";
import { groupSplit } from "./group.ts";
import { kFoldSplit } from "./k-fold.ts";
import { randomSplit } from "./random.ts";
import { stratifiedSplit } from "./stratified.ts";

export { blockSplit, type BlockSplitOptions, blockSplitSchema } from "./block.ts";
export { fileSplit, fileSplitSchema } from "./file.ts";
export { groupSplit, groupSplitSchema } from "./group.ts";
export { kFoldSplit, type KFoldSplitOptions, kFoldSplitSchema } from "./k-fold.ts";
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
];
