import { isObject, nearest, SpectraiError } from "@spectrai/core";
import { LineCounter, parseDocument } from "yaml";
import * as words from "./words.ts";

/** How a value of the original's config is understood; `say` names what is allowed. */
interface Value<T> {
  readonly say: string;
  /** Undefined where the value is not allowed. */
  read(value: unknown): T | undefined;
}

/** Texts stand for everything there: 'None', 'True', '0.1'. YAML's own null, true and numbers mean the same. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "None" || text === "") return null;
  if (text === "True" || text === "False") return text === "True";
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
};

const oneOf = <T extends Readonly<Record<string, unknown>>>(table: T): Value<keyof T & string> => ({
  say: Object.keys(table).join(", "),
  read: (value) => {
    const word = value === null ? "None" : value;
    return typeof word === "string" && Object.hasOwn(table, word) ? word : undefined;
  },
});

const number = (low: number, high: number, whole = false): Value<number> => ({
  say: `a ${whole ? "whole " : ""}number from ${low} to ${high}`,
  read: (value) => {
    const n = plain(value);
    return typeof n === "number" && n >= low && n <= high && (!whole || Number.isInteger(n)) ? n : undefined;
  },
});

const orNone = <T>(value: Value<T>): Value<T | null> => ({
  say: `${value.say}, or None`,
  read: (v) => (plain(v) === null ? null : value.read(v)),
});

const path: Value<string> = {
  say: "a path",
  read: (value) => (typeof value === "string" && value.length > 0 ? value : undefined),
};

const yesNo: Value<boolean> = {
  say: "True or False",
  read: (value) => {
    const v = plain(value);
    return typeof v === "boolean" ? v : v === 0 || v === 1 ? v === 1 : undefined;
  },
};

const many = 1e9;
const count = number(0, many, true);
const keys = {
  Task_Options: { task: oneOf(words.tasks), classes: count },
  Training_Options: {
    training_option: oneOf(Object.fromEntries(words.trainings.map((t) => [t, t]))) as Value<
      (typeof words.trainings)[number]
    >,
    pretrained_network: orNone(path),
    pretrained_classes: orNone(count),
  },
  Network_Hyperparameters: {
    network: oneOf(words.networks),
    dimension: oneOf({ "2D": 2, "3D": 3 }),
    activation: oneOf(words.activations),
    normalization: oneOf(words.norms),
  },
  Training_Hyperparameters: {
    epochs: number(1, many, true),
    batch_size: number(1, many, true),
    learning_rate: number(1e-12, many),
    input_image_size: orNone(number(1, 65_536, true)),
    target_image_size: orNone(number(1, 65_536, true)),
    spectrum_length: orNone(number(1, 1e6, true)),
    optimizer: oneOf(words.optimizers),
    scheduler: oneOf({ ...words.schedules, None: null }),
    criterion: oneOf(words.losses),
  },
  Preprocessing: {
    spectral_crop_start: orNone(count),
    spectral_crop_end: orNone(count),
    background_subtraction: oneOf(words.backgrounds),
    data_normalization: oneOf(words.normalizations),
  },
  Data_Augmentation: {
    horizontal_flip: yesNo,
    vertical_flip: yesNo,
    rotation: yesNo,
    random_crop: yesNo,
    spectral_shift: number(0, 1),
    spectral_flip: yesNo,
    spectral_background: number(0, many),
    mixup: yesNo,
  },
  DataManager_Options: {
    data_format: oneOf(words.layouts),
    data_directory: yesNo,
    train_input_data: orNone(path),
    val_input_data: orNone(path),
    test_input_data: orNone(path),
    train_target_data: orNone(path),
    val_target_data: orNone(path),
    test_target_data: orNone(path),
    shuffle: yesNo,
    seed: orNone(number(0, 2 ** 32 - 1, true)),
    train_split: orNone(number(0, 100)),
    val_split: orNone(number(0, 100)),
    test_split: orNone(number(0, 100)),
  },
  State_Dicts: {
    net_state_dict: orNone(path),
    optimizer_state_dict: orNone(path),
    scheduler_state_dict: orNone(path),
  },
};

type Keys = typeof keys;
type Read<V> = V extends Value<infer T> ? T : never;
type Flat = { [S in keyof Keys]: { [K in keyof Keys[S]]?: Read<Keys[S][K]> } };

/** The settings of a config of the original software, by section; what it does not set is absent. */
export type ReferenceSettings = Flat & {
  /** The file, for messages. */
  readonly file: string;
};

/** Whether an object is a config of the original software: it has sections of those names. */
export const isReferenceConfig = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).some((key) => Object.hasOwn(keys, key));

/**
 * Reads a config of the original software (YAML text).
 *
 * @throws SPECTRAI_CONFIG_UNREADABLE where it is not YAML; SPECTRAI_CONFIG_INVALID naming the key, its value and what is allowed
 */
export function readReferenceConfig(text: string, file: string): ReferenceSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const [error] = document.errors;
  if (error)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_UNREADABLE",
      `${file}: ${error.message.split("\n")[0]!.replace(/:$/, "")}.`,
      { details: { file } },
    );
  return settingsOf(document.toJS({ maxAliasCount: 100 }), file);
}

/** The same from what was parsed already. */
export function settingsOf(value: unknown, file: string): ReferenceSettings {
  const invalid = (why: string): SpectraiError =>
    new SpectraiError("SPECTRAI_CONFIG_INVALID", `${file}: ${why}`, { details: { file } });
  const unknown = (what: string, key: string, known: readonly string[]): SpectraiError => {
    const near = nearest(key, known);
    return invalid(
      `${what} "${key}" is not one of the original software's.${near === undefined ? ` Known: ${known.join(", ")}.` : ` Did you mean "${near}"?`}`,
    );
  };
  if (!isObject(value)) throw invalid("a config of the original software holds sections such as Task_Options.");
  const out: Record<string, Record<string, unknown>> = {};
  for (const section of Object.keys(keys)) out[section] = {};
  for (const [section, entries] of Object.entries(value)) {
    if (!Object.hasOwn(keys, section)) throw unknown("the section", section, Object.keys(keys));
    const known = keys[section as keyof Keys] as Readonly<Record<string, Value<unknown>>>;
    if (!isObject(entries)) throw invalid(`${section} must hold settings such as ${Object.keys(known)[0]}.`);
    for (const [key, given] of Object.entries(entries)) {
      if (!Object.hasOwn(known, key)) throw unknown(`${section}: the setting`, key, Object.keys(known));
      const read = known[key]!.read(given);
      if (read === undefined)
        throw invalid(
          `${section}.${key} is ${JSON.stringify(given) ?? "nothing"}, and must be ${known[key]!.say.includes(",") && !known[key]!.say.startsWith("a ") ? "one of " : ""}${known[key]!.say}.`,
        );
      out[section]![key] = read;
    }
  }
  return { ...(out as unknown as Flat), file };
}
