import type { JsonObject, Plugin } from "@spectrai/core";
import augment from "@spectrai/augment";
import baselines from "@spectrai/baselines";
import losses from "@spectrai/losses";
import denoiser from "@spectrai/models-denoiser";
import preprocess from "@spectrai/preprocess";
import { backends } from "spectrai-example-common/backends.ts";
import type { Data, Settings } from "./messages.ts";

/** What `spectrai.config.yml` would hold. The model file keeps it, so its plugins are those that the command needs. */
export const configOf = ({ data, epochs, backend }: Settings): JsonObject => ({
  plugins: [
    "@spectrai/io-formats",
    "@spectrai/datasets",
    "@spectrai/preprocess",
    "@spectrai/augment",
    "@spectrai/losses",
    "@spectrai/baselines",
    "@spectrai/models-denoiser",
    "@spectrai/backend-wasm",
  ],
  task: "denoising",
  data: dataOf(data),
  // Neighbouring spectra are alike: whole stretches of them are held out.
  split: { name: "block", test: 0.2, validation: 0.15 },
  model: { name: "spectral-denoiser", members: 2 },
  ...(epochs === undefined ? {} : { train: { epochs } }),
  backend,
});

function dataOf(data: Data): JsonObject {
  if (data.kind === "simulated") {
    const { samples, points, seed } = data;
    return { name: "raman-pairs", samples, points, seed, cellRows: Math.max(1, Math.floor(samples / 20)) };
  }
  const { input, target, axis } = data;
  return { name: "spectra", input: input.name, target: target.name, ...(axis ? { axis: { ...axis } } : {}) };
}

/** The plugins of the run; what makes or reads the data is loaded when it is asked for. */
export async function pluginsOf({ data }: Settings): Promise<Plugin[]> {
  const source = data.kind === "simulated" ? await import("@spectrai/datasets") : await import("@spectrai/io-formats");
  return [backends, source.default, preprocess, augment, losses, baselines, denoiser];
}
