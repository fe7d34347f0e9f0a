import { SpectraiError } from "@spectrai/core";

/** @throws SPECTRAI_USAGE unless the text is a whole number from `least` on */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new SpectraiError("SPECTRAI_USAGE", `${flag} ${text}: give a whole number from ${least} up.`);
  return value;
}

/** @throws SPECTRAI_USAGE unless the text is one of the values */
export function oneOf<T extends string>(flag: string, text: string, values: readonly T[]): T {
  const found = values.find((v) => v === text);
  if (found === undefined)
    throw new SpectraiError("SPECTRAI_USAGE", `${flag} ${text}: give one of ${values.join(", ")}.`);
  return found;
}
