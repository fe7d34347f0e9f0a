import { SpectraiError } from "@spectrai/core";
import { short } from "../torch/errors.ts";
import { recogniseDeeper } from "./deeper.ts";
import { recogniseDenseNet } from "./densenet.ts";
import { recogniseEfficientNet } from "./efficientnet.ts";
import { recogniseRcan } from "./rcan.ts";
import type { Recognised, Recogniser, State } from "./recognised.ts";
import { recogniseResNet } from "./resnet.ts";
import { recogniseSegNet } from "./segnet.ts";
import { recogniseUNet } from "./unet.ts";

/** One for each family of networks. */
const recognisers: readonly Recogniser[] = [
  recogniseUNet,
  recogniseDeeper,
  recogniseResNet,
  recogniseDenseNet,
  recogniseEfficientNet,
  recogniseSegNet,
  recogniseRcan,
];

/** Tells the network from the names and shapes of its parameters. @throws SPECTRAI_FILE_UNSUPPORTED where none of ours has them */
export function recognise(state: State, file: string): Recognised {
  for (const recogniser of recognisers) {
    const found = recogniser(state, file);
    if (found) return found;
  }
  const names = Object.keys(state);
  throw new SpectraiError(
    "SPECTRAI_FILE_UNSUPPORTED",
    `${file} holds no network that is known here: its parameters are ${names.slice(0, 3).map(short).join(", ")}${names.length > 3 ? `, … (${names.length})` : ""}. Known are the networks of the original spectrai and DeepeR's, under the names of their PyTorch code.`,
  );
}
