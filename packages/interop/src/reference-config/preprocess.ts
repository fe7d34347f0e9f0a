import type { JsonObject } from "@spectrai/core";
import type { Circumstances, Section } from "./convert.ts";
import type { ReferenceSettings } from "./settings.ts";
import { backgrounds, normalizations } from "./words.ts";

/** Crop, background, normalization, length, and the size of images, in the original's order. */
export function preprocessSection(settings: ReferenceSettings, { data, task }: Circumstances): Section {
  const { Preprocessing: given, Training_Hyperparameters: sizes, Data_Augmentation: augment } = settings;
  const steps: (string | JsonObject)[] = [];
  const notes: string[] = [];
  const start = given.spectral_crop_start ?? 0;
  const stop = given.spectral_crop_end ?? undefined;
  const length = sizes.spectrum_length ?? undefined;
  const cut = stop === undefined ? undefined : stop - start;

  if (start > 0 || (stop !== undefined && (length === undefined || stop < length)))
    steps.push({ name: "crop", start, ...(stop === undefined ? {} : { stop }), unit: "index" });
  if (given.background_subtraction !== undefined) {
    const step = backgrounds[given.background_subtraction];
    if (step !== undefined) steps.push(step);
    if (given.background_subtraction === "Automatic Least Squares")
      notes.push(
        "background_subtraction: Automatic Least Squares had no effect in the original; here it does what it says.",
      );
  }
  const normalize = given.data_normalization === undefined ? undefined : normalizations[given.data_normalization];
  if (normalize !== undefined)
    steps.push(data === "cube" && normalize === "max-normalize" ? { name: normalize, per: "cube" } : normalize);
  if (length !== undefined && !(start > 0 && cut === length)) steps.push({ name: "fit-length", length });
  else if (length !== undefined) notes.push(`spectrum_length: ${length} is what the crop leaves.`);

  const size = sizes.input_image_size ?? undefined;
  const targetSize = sizes.target_image_size ?? undefined;
  if (data === "spectrum") {
    if (size !== undefined || targetSize !== undefined)
      notes.push("input_image_size and target_image_size had no effect: spectra have no pixels.");
    return { config: { preprocess: steps }, notes };
  }
  if (task === "super-resolution") {
    if (size !== undefined && targetSize !== undefined)
      notes.push(
        `input_image_size: ${size}, target_image_size: ${targetSize}: the original cut patches of these sizes; here inputs and targets are used as large as they are.`,
      );
    return { config: { preprocess: steps }, notes };
  }
  if (targetSize !== undefined && targetSize !== size)
    notes.push(`target_image_size: ${targetSize} had no effect: the targets of this task are as large as the images.`);
  if (size !== undefined) {
    steps.push({ name: "pad-image", height: size, width: size });
    if (!augment.random_crop) {
      steps.push({ name: "center-crop", height: size, width: size });
      notes.push(
        "input_image_size: as in the original, what lies outside the middle of larger images is lost; leave center-crop out to keep it.",
      );
    }
  }
  return { config: { preprocess: steps }, notes };
}
