import type { JsonObject } from "@spectrai/core";
import type { Circumstances, Section } from "./convert.ts";
import type { ReferenceSettings } from "./settings.ts";
import { layouts } from "./words.ts";

type Manager = ReferenceSettings["DataManager_Options"];

/** The data set, and how it is parted. */
export function dataSection(settings: ReferenceSettings, circumstances: Circumstances): Section[] {
  const manager = settings.DataManager_Options;
  const shrunk = circumstances.task === "super-resolution";
  const input = (shrunk ? undefined : manager.train_input_data) ?? undefined;
  const target = manager.train_target_data ?? undefined;
  const layout = layouts[manager.data_format!];
  const classes = settings.Task_Options.classes ?? 0;
  const notes: string[] = [];
  const options: Record<string, JsonObject[string]> = { name: circumstances.data === "cube" ? "cubes" : "spectra" };
  if (shrunk) {
    const { input_image_size: small, target_image_size: large } = settings.Training_Hyperparameters;
    const factor = small && large ? `${large / small} times ` : "";
    options["input"] = "low-resolution";
    notes.push(
      `input: the original made its inputs by shrinking the targets ${factor}(bicubic). Here they are files of their own: put them in this folder under the targets' names.`,
    );
  } else {
    options["input"] = input ?? "input";
    if (input === undefined) notes.push("input: the config names no training data; say here where they are.");
  }
  if (target !== undefined) options["target"] = target;
  if (layout !== undefined && layout !== "H,W,C") options["layout"] = layout;
  if (circumstances.task === "classification") {
    options["classes"] = manager.data_directory === false ? "file" : "folder";
  }
  if (circumstances.task === "segmentation" && classes > 0)
    options["classNames"] = Array.from({ length: classes }, (_, i) => `class ${i + 1}`);
  for (const key of ["val_input_data", "val_target_data", "test_input_data", "test_target_data"] as const)
    if (manager[key])
      notes.push(
        `${key}: ${manager[key]} is not taken over, as a data set has one input here. Put all files under one folder, and list the samples of each part in a text file: split: { name: file, validation: validation.txt, test: test.txt }.`,
      );
  return [{ config: { data: options }, notes }, splitSection(manager, circumstances.task === "classification")];
}

function splitSection({ shuffle = false, ...manager }: Manager, classes: boolean): Section {
  const shares = [manager.train_split, manager.val_split, manager.test_split];
  const notes = [
    classes
      ? "shuffle: whatever it says, every part gets its share of every class here, for files lie class by class. Where samples come in groups, split: group keeps them apart."
      : shuffle
        ? "shuffle: samples are drawn at random, as there. Where samples come in groups (one cell, one patient, one image), split: group keeps them apart."
        : "shuffle: False keeps the rows in their order; training itself always goes through them in a new order.",
  ];
  const name = classes ? "stratified" : shuffle ? "random" : "block";
  if (!shares.some((s) => typeof s === "number")) {
    notes.push(
      "train_split, val_split, test_split: without them the original trained on everything and measured nothing.",
    );
    return { config: { split: name }, notes };
  }
  // Documented from 0 to 1, and read as percent.
  const percent = shares.some((s) => (s ?? 0) > 1);
  if (!percent)
    notes.push(
      "train_split, val_split, test_split: shares of 1, as documented there; the original read them as percent.",
    );
  const share = (value: number | null | undefined): number => (value ?? 0) / (percent ? 100 : 1);
  const [validation, test] = [share(manager.val_split), share(manager.test_split)];
  if (share(manager.train_split) + validation + test > 1 + 1e-9)
    notes.push(
      "train_split, val_split, test_split: they add up to more than everything; training gets what the others leave.",
    );
  // The rows that validation takes its share of are those that the test part leaves.
  const ofRest = test < 1 ? Math.min(1, validation / (1 - test)) : 0;
  return {
    config: {
      split: {
        name,
        validation: Number((name === "block" ? ofRest : validation).toPrecision(6)),
        test: Number(test.toPrecision(6)),
      },
    },
    notes,
  };
}
