import { SpectraiError } from "@spectrai/core";
import { countOf, type Recogniser, shapeOf, styleOf } from "./recognised.ts";

/** Blocks of each stage, and whether they are bottlenecks (He et al., CVPR 2016, table 1). */
const depths: ReadonlyMap<string, number> = new Map([
  ["2,2,2,2", 18],
  ["3,4,6,3", 34],
  ["3,4,6,3 bottleneck", 50],
  ["3,4,23,3 bottleneck", 101],
  ["3,8,36,3 bottleneck", 152],
]);

export const recogniseResNet: Recogniser = (state, file) => {
  const first = shapeOf(state, "conv1.body.0.weight");
  const last = shapeOf(state, "fc.weight");
  if (!first || !last || !shapeOf(state, "layer1.0.conv1.body.0.weight")) return undefined;
  const dimension = first.length - 2;
  checkSignal(file, "ResNet", dimension, first[1]!);
  const blocks = [1, 2, 3, 4].map((stage) => countOf(state, (i) => `layer${stage}.${i}.conv1.body.0.weight`));
  const layout = `${blocks.join()}${shapeOf(state, "layer1.0.conv3.body.0.weight") ? " bottleneck" : ""}`;
  const depth = depths.get(layout);
  if (depth === undefined)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${file} holds a ResNet with stages of ${layout} blocks, which is none of 18 to 152.`,
    );
  const style = styleOf(state, "layer1.0.conv1.body.1");
  return {
    models: ["resnet"],
    options: {
      ...style.options,
      depth,
      width: first[0]!,
      stemKernel: first[2]!,
      ...(dimension === 1 ? {} : { dimension }),
    },
    open: style.open,
    data: dimension === 1 ? "spectrum" : "cube",
    endings: [{ kind: "numbers", count: last[0]! }],
    ...(dimension === 2 ? { points: first[1]! } : {}),
  };
};

/** The original gave spectra to its 1-D ResNet and DenseNet as channels of a signal of one point: another network than ours. */
export function checkSignal(file: string, network: string, dimension: number, channels: number): void {
  if (dimension !== 2 && channels !== 1)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      dimension === 1
        ? `${file} holds a 1-D ${network} of ${channels} channels: the original software gave it the points of a spectrum as channels of a signal of one point, which is not convolved along the axis. There is no such network here; train a ${network.toLowerCase()} anew.`
        : `${file} holds a 3-D ${network} of ${channels} channels; 3-D networks take a cube as one channel here.`,
    );
}
