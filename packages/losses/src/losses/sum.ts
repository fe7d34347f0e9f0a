import * as tf from "@tensorflow/tfjs-core";
import { type Component, defineComponent, type Loss } from "@spectrai/core";
import { z } from "zod";
import { bceLoss, bceLossSchema } from "./bce.ts";
import { charbonnierLoss, charbonnierLossSchema } from "./charbonnier.ts";
import { crossEntropyLoss, crossEntropyLossSchema } from "./cross-entropy.ts";
import { diceLoss, diceLossSchema } from "./dice.ts";
import { focalLoss, focalLossSchema } from "./focal.ts";
import { huberLoss, huberLossSchema } from "./huber.ts";
import { l1Loss, l1LossSchema } from "./l1.ts";
import { mseLoss, mseLossSchema } from "./mse.ts";
import { spectralAngleLoss, spectralAngleLossSchema } from "./spectral-angle.ts";
import { ssimLoss, ssimLossSchema } from "./ssim.ts";

const part = <N extends string>(name: N) => ({
  loss: z.literal(name),
  weight: z.number().positive().max(1e6).default(1),
});

const partSchema = z.discriminatedUnion("loss", [
  bceLossSchema.extend(part("bce")),
  charbonnierLossSchema.extend(part("charbonnier")),
  crossEntropyLossSchema.extend(part("cross-entropy")),
  diceLossSchema.extend(part("dice")),
  focalLossSchema.extend(part("focal")),
  huberLossSchema.extend(part("huber")),
  l1LossSchema.extend(part("l1")),
  mseLossSchema.extend(part("mse")),
  spectralAngleLossSchema.extend(part("spectral-angle")),
  ssimLossSchema.extend(part("ssim")),
]);

const losses: Readonly<Record<z.output<typeof partSchema>["loss"], Component<"loss">>> = {
  bce: bceLoss,
  charbonnier: charbonnierLoss,
  "cross-entropy": crossEntropyLoss,
  dice: diceLoss,
  focal: focalLoss,
  huber: huberLoss,
  l1: l1Loss,
  mse: mseLoss,
  "spectral-angle": spectralAngleLoss,
  ssim: ssimLoss,
};

export const sumLossSchema = z.strictObject({
  of: z
    .array(partSchema)
    .min(1)
    .max(8)
    .default([
      { loss: "l1", weight: 1 },
      { loss: "spectral-angle", weight: 0.1 },
    ])
    .meta({
      description:
        "The losses of this package to add up: each with its name as `loss`, its weight and its own options.",
      group: "loss",
    }),
});

interface Part {
  readonly loss: Loss;
  readonly weight: number;
}

const sumOf = (parts: readonly Part[]): Loss => ({
  compute: (output, target) =>
    tf.tidy(() =>
      parts
        .map(({ loss, weight }) => tf.mul(loss.compute(output, target), weight))
        .reduce((sum, term) => tf.add(sum, term)),
    ) as tf.Scalar,
});

/** Weighted sum of losses: Σ wᵢ·Lᵢ(output, target). */
export const sumLoss = defineComponent({
  kind: "loss",
  name: "sum",
  summary: "Several losses added up, each with a weight.",
  schema: sumLossSchema,
  create: async ({ of }): Promise<Loss> => {
    const parts = await Promise.all(
      of.map(async ({ loss, weight, ...options }) => ({ weight, loss: await losses[loss].create(options, {}) })),
    );
    const sum = sumOf(parts);
    if (!parts.some(({ loss }) => loss.forTraining)) return sum;
    return {
      ...sum,
      forTraining: (training) =>
        sumOf(parts.map(({ loss, weight }) => ({ weight, loss: loss.forTraining?.(training) ?? loss }))),
    };
  },
});
