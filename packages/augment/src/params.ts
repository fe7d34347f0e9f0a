import { type JsonObject, type JsonValue, SpectraiError } from "@spectrai/core";

/** A number of a parameter record. @throws SPECTRAI_CONFIG_INVALID when the record does not hold one of that name */
export const numberOf = (params: JsonObject, name: string): number => {
  const value = params[name];
  return typeof value === "number" ? value : invalid(name, "a number");
};

/** A list of numbers of a parameter record. */
export const numbersOf = (params: JsonObject, name: string): readonly number[] => {
  const value = params[name];
  return isNumbers(value) ? value : invalid(name, "a list of numbers");
};

/** A string of a parameter record. */
export const stringOf = (params: JsonObject, name: string): string => {
  const value = params[name];
  return typeof value === "string" ? value : invalid(name, "a string");
};

const isNumbers = (value: JsonValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((v) => typeof v === "number");

const invalid = (name: string, kind: string): never => {
  throw new SpectraiError(
    "SPECTRAI_CONFIG_INVALID",
    `The augmentation's parameter record needs ${kind} under "${name}"; use a record that its sample() drew.`,
  );
};
