import { type JsonObject, type JsonValue, SpectraiError, whoProvides } from "@spectrai/core";
import { augmentSection } from "./augment.ts";
import { dataSection } from "./data.ts";
import { modelSection } from "./model.ts";
import { preprocessSection } from "./preprocess.ts";
import type { ReferenceSettings } from "./settings.ts";
import { trainSection } from "./train.ts";
import * as words from "./words.ts";

/** Entries of our config, and what is to be said about the settings they come from. */
export interface Section {
  readonly config: JsonObject;
  readonly notes: readonly string[];
}

/** What the sections have to know of each other. */
export interface Circumstances {
  readonly task: (typeof words.tasks)[keyof typeof words.tasks];
  readonly data: "spectrum" | "cube";
  readonly network: words.NetworkName;
}

export interface Converted {
  readonly task: string;
  /** In the order they are to be written. */
  readonly sections: readonly Section[];
  /** The whole config, without the plugins. */
  readonly config: JsonObject;
  /** Packages that its components are in, and the one that reads and writes files. */
  readonly plugins: readonly string[];
}

/**
 * A config of the original software as ours, with a note for each setting that had no effect there or has another one here.
 *
 * @throws SPECTRAI_CONFIG_INVALID where it does not name its task, network or data
 */
export function convertReferenceConfig(settings: ReferenceSettings): Converted {
  const needed = <T>(value: T | undefined, key: string): T => {
    if (value === undefined)
      throw new SpectraiError("SPECTRAI_CONFIG_INVALID", `${settings.file} does not set ${key}.`);
    return value;
  };
  const format = needed(settings.DataManager_Options.data_format, "DataManager_Options.data_format");
  const task = words.tasks[needed(settings.Task_Options.task, "Task_Options.task")];
  const circumstances: Circumstances = {
    task,
    network: words.networks[needed(settings.Network_Hyperparameters.network, "Network_Hyperparameters.network")],
    data: format === "Spectra" ? "spectrum" : "cube",
  };
  const sections: Section[] = [
    { config: { task }, notes: taskNotes(settings, circumstances) },
    seedSection(settings),
    ...dataSection(settings, circumstances),
    preprocessSection(settings, circumstances),
    augmentSection(settings, circumstances),
    ...modelSection(settings, circumstances),
    ...trainSection(settings),
  ].filter((s) => Object.keys(s.config).length > 0 || s.notes.length > 0);
  const config = Object.assign({}, ...sections.map((s) => s.config)) as JsonObject;
  return { task, sections, config, plugins: [...new Set(["@spectrai/io-formats", ...pluginsOf(config)])].sort() };
}

function taskNotes({ Task_Options: { classes = 0 } }: ReferenceSettings, { task }: Circumstances): string[] {
  if (task === "classification" && classes > 0)
    return [`classes: ${classes} is not needed: they are counted in the data.`];
  if (task !== "segmentation" && classes > 0) return [`classes: ${classes} had no effect: the task has none.`];
  return [];
}

function seedSection({ DataManager_Options: { seed } }: ReferenceSettings): Section {
  return typeof seed === "number"
    ? {
        config: { seed },
        notes: ["seed: the original drew shifts, crops and mixup from other numbers, which no seed reached."],
      }
    : { config: {}, notes: [] };
}

/** The packages of every component that a config names. */
function pluginsOf(config: JsonObject): string[] {
  const slots: readonly (readonly [kind: string, value: JsonValue | undefined])[] = [
    ["dataset", config["data"]],
    ["transform", config["preprocess"]],
    ["augmentation", config["augment"]],
    ["model", config["model"]],
    ["loss", config["loss"]],
  ];
  return slots.flatMap(([kind, value]) =>
    (Array.isArray(value) ? (value as JsonValue[]) : [value]).flatMap((ref) => {
      const name = typeof ref === "string" ? ref : (ref as JsonObject | undefined)?.["name"];
      const plugin = typeof name === "string" ? whoProvides(kind, name) : undefined;
      return plugin === undefined ? [] : [plugin];
    }),
  );
}
