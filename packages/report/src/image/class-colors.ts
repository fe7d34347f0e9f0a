import { hexOf, type Rgb } from "../plot/tones.ts";

/**
 * Colours of classes. The first eight are those of Okabe and Ito (2008), in the order of the lines of a plot; each further one
 * was chosen as far from all before it as can be, for normal, deuteranopic and protanopic eyes together (Machado et al.,
 * 2009, distances in CIELAB: at least 17).
 */
const palette = [
  0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0x000000, 0xf0e442, 0x0000ff, 0x000044, 0x88ffaa,
  0x443300, 0x110099, 0x7766ff, 0x663355, 0xffddee, 0xdd0044, 0xeeaa66, 0x113388, 0x6699ff, 0xff99aa, 0x221133,
  0x4433dd, 0x446633,
].map((hex): Rgb => [hex >> 16, (hex >> 8) & 255, hex & 255]);

/** The colour of a class, counted from 0. The 25th class has that of the first again. */
export const classColor = (index: number): readonly [number, number, number] => palette[index % palette.length]!;

/** The same as `#rrggbb`. */
export const classHex = (index: number): string => hexOf(classColor(index));

export const distinctColors = palette.length;
