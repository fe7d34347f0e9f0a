import type { Tone } from "./line-plot.ts";

/** Red, green, blue from 0 to 255. Told apart with the common colour-vision deficiencies (after Okabe and Ito, 2008). */
export type Rgb = readonly [number, number, number];

export const lightTones: Readonly<Record<Tone, Rgb>> = {
  ink: [31, 36, 48],
  grey: [154, 161, 173],
  blue: [18, 104, 214],
  orange: [217, 107, 0],
  green: [0, 138, 98],
  purple: [142, 68, 190],
  red: [206, 40, 61],
  teal: [0, 139, 163],
};

export const darkTones: Readonly<Record<Tone, Rgb>> = {
  ink: [236, 239, 244],
  grey: [118, 126, 140],
  blue: [91, 164, 255],
  orange: [255, 164, 66],
  green: [63, 207, 158],
  purple: [200, 143, 245],
  red: [255, 114, 125],
  teal: [74, 205, 228],
};

export const hexOf = ([r, g, b]: Rgb): string => `#${((r << 16) | (g << 8) | b).toString(16).padStart(6, "0")}`;
