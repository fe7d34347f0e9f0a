import type { AxisUnit } from "@spectrai/core";

const patterns: readonly (readonly [RegExp, AxisUnit])[] = [
  // Units before words: "Wavenumber (nm)" has been seen.
  [/cm\s*\^?\s*[-−⁻]\s*[1¹]|1\s*\/\s*cm|\bcm\b|\bkayser/i, "cm-1"],
  [/[µμ]m\b|\bum\b|micron|micromet/i, "um"],
  [/\bnm\b|nanomet/i, "nm"],
  [/\bev\b/i, "eV"],
  [/wave\s*-?number|raman\s*_?-?shift/i, "cm-1"],
  [/wave\s*-?length/i, "nm"],
];

/** The unit that a heading tells of, if it does. */
export const unitIn = (text: string): AxisUnit | undefined => patterns.find(([p]) => p.test(text))?.[1];

/** Whether a heading names a spectral axis. */
export const namesAxis = (text: string): boolean =>
  unitIn(text) !== undefined || /^\W*(wave|wl|shift|x|energy|freq\w*|axis)\b/i.test(text);
