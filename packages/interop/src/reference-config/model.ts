import type { JsonObject } from "@spectrai/core";
import type { Circumstances, Section } from "./convert.ts";
import type { ReferenceSettings } from "./settings.ts";
import { activations, type NetworkName, norms } from "./words.ts";

interface Network {
  readonly dimensions: readonly number[];
  /** Which of the original's settings are options of ours; where they are not, the network has its own. */
  readonly activation: boolean;
  readonly norm: boolean;
  readonly size?: string;
}

const size = (option: string, others: string): string =>
  `${option}: the original's configs could not say one; ${others} are there too.`;
const networks: Readonly<Record<NetworkName, Network>> = {
  unet: { dimensions: [2, 3], activation: true, norm: true },
  resunet: { dimensions: [2, 3], activation: true, norm: true },
  resnet: { dimensions: [2, 3], activation: true, norm: true, size: size("depth", "34, 50, 101 and 152") },
  densenet: { dimensions: [2, 3], activation: true, norm: true, size: size("depth", "161, 169 and 201") },
  efficientnet: { dimensions: [2], activation: false, norm: false, size: size("variant", "b1 to b7") },
  segnet: { dimensions: [2, 3], activation: false, norm: true },
  rcan: { dimensions: [2], activation: false, norm: false },
};

/** The network and what it starts from. */
export function modelSection(settings: ReferenceSettings, circumstances: Circumstances): Section[] {
  const { network, data, task } = circumstances;
  const { activation, normalization, dimension = "2D" } = settings.Network_Hyperparameters;
  const { dimensions, ...has } = networks[network];
  const options: Record<string, JsonObject[string]> = { name: network };
  const notes: string[] = [];

  if (data === "spectrum") notes.push(`dimension: ${dimension} had no effect: networks for spectra are 1-D.`);
  else if (!dimensions.includes(Number.parseInt(dimension, 10)))
    notes.push(`dimension: ${dimension} had no effect: ${settings.Network_Hyperparameters.network} is 2-D.`);
  else if (dimensions.length > 1) options["dimension"] = Number.parseInt(dimension, 10);
  if (network === "unet" || network === "resunet") {
    if (task === "classification" && (data === "spectrum" || dimension === "3D")) options["pooling"] = "single";
  } else if (network === "rcan") {
    Object.assign(options, { preset: "full", upsamplerNorm: "batch" });
    notes.push(
      "The original's RCAN had 6 blocks in each group, whatever it was asked for; this one has 16. preset: small trains on a laptop.",
    );
  } else if (network === "segnet" && dimension === "2D") {
    notes.push("The original's 2-D SegNet classified its input and not what it had decoded; this one decodes.");
  }
  if (options["dimension"] === 3 && (network === "unet" || network === "resunet" || network === "segnet"))
    notes.push("width: the original starts with 64 filters in 3-D too; here it is 16 unless said otherwise.");
  if (data === "spectrum" && (network === "resnet" || network === "densenet"))
    notes.push(
      "The original gave the spectrum to its 1-D network as channels of a signal of one point; here it is a signal along the axis.",
    );
  if (has.size) notes.push(has.size);
  if (activation !== undefined && has.activation) options["activation"] = activations[activation];
  else if (activation !== undefined)
    notes.push(`activation: ${activation} is not taken over: this network has its own.`);
  if (normalization !== undefined && has.norm) options["norm"] = norms[normalization];
  else if (normalization !== undefined && normalization !== "None")
    notes.push(`normalization: ${normalization} is not taken over: this network has its own.`);
  if (has.norm && (normalization === "LayerNorm" || normalization === "GroupNorm"))
    notes.push(`normalization: the original built ${normalization} with wrong arguments and could not train with it.`);
  if (network === "resunet" && activation === "ReLU")
    notes.push("activation: the original's ResUNet could not train with ReLU (it changed an output in place).");
  return [startSection(settings), { config: { model: options }, notes }];
}

function startSection({
  Training_Options: training,
  State_Dicts: states,
  Task_Options: task,
}: ReferenceSettings): Section {
  const { training_option: option, pretrained_network: network, pretrained_classes: classes } = training;
  const notes: string[] = [];
  for (const key of ["net_state_dict", "optimizer_state_dict", "scheduler_state_dict"] as const)
    if (states[key])
      notes.push(
        key === "net_state_dict"
          ? `${key}: ${states[key]} is not taken over; turn it into a model file: spectrai import.`
          : `${key}: ${states[key]} is not taken over: a run that was interrupted here goes on with spectrai train --resume.`,
      );
  if (option === "Apply Pre-Trained Network")
    notes.push(
      `training_option: ${option}${network ? ` (${network})` : ""}: nothing is trained then; turn the checkpoint into a model file with spectrai import, and use it with spectrai apply.`,
    );
  if (option !== "Transfer Learning") {
    if (option !== "Apply Pre-Trained Network" && network)
      notes.push(`pretrained_network: ${network} had no effect: the network is trained from scratch.`);
    return { config: {}, notes };
  }
  if (classes && classes !== task.classes)
    notes.push(
      `pretrained_classes: ${classes} is not needed: the file says it, and a head of another size is made anew.`,
    );
  if (!network) {
    notes.push(
      "training_option: Transfer Learning, but the config names no pretrained_network; name a model file under start.",
    );
    return { config: {}, notes };
  }
  const file = network.replace(/\.\w+$/, "");
  notes.push(`Make this file first: spectrai import ${network} -o ${file}.safetensors`);
  return { config: { start: { from: `${file}.safetensors` } }, notes };
}
