import type { JsonObject } from "@spectrai/core";
import type { Circumstances, Section } from "./convert.ts";
import type { ReferenceSettings } from "./settings.ts";

export function augmentSection(settings: ReferenceSettings, { data, task }: Circumstances): Section {
  const given = settings.Data_Augmentation;
  const size = settings.Training_Hyperparameters.input_image_size ?? undefined;
  const steps: (string | JsonObject)[] = [];
  const notes: string[] = [];
  const image = [
    ["horizontal_flip", "horizontal-flip"],
    ["vertical_flip", "vertical-flip"],
    ["rotation", "rotate-90"],
  ] as const;
  if (data === "cube") {
    for (const [key, name] of image) if (given[key]) steps.push(name);
    if (given.random_crop && task === "super-resolution")
      notes.push("random_crop is left out: it would have to cut input and target at places that belong together.");
    else if (given.random_crop && size !== undefined) steps.push({ name: "random-crop", height: size, width: size });
    else if (given.random_crop) steps.push("random-crop");
  } else {
    const set = [...image.map(([key]) => key), "random_crop" as const].filter((key) => given[key]);
    if (set.length > 0) notes.push(`${set.join(", ")} had no effect: spectra have no rows and columns.`);
  }
  const shift = given.spectral_shift ?? 0;
  if (shift > 0) steps.push({ name: "spectral-shift", shift: [-shift, shift] });
  if (given.spectral_flip) steps.push("spectral-flip");
  if ((given.spectral_background ?? 0) > 0) {
    steps.push({ name: "add-background", strength: [0, given.spectral_background!] });
    notes.push(
      "spectral_background had no effect in the original; here a smooth background of up to this strength is added.",
    );
  }
  if (given.mixup) {
    steps.push({ name: "mixup", alpha: 0.2, per: "batch" });
    if (task === "classification" || task === "segmentation")
      notes.push(
        "mixup: the original compared the accuracy of mixed samples with labels that were not mixed; here accuracy is measured on samples as they are.",
      );
  }
  return { config: { augment: steps }, notes };
}
