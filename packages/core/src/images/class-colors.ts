/**
 * Colours of classes. The first eight are those of Okabe and Ito (Color universal design, 2008), in the order of the lines of a
 * plot; each further one was chosen as far from all before it as can be, for normal, deuteranopic and protanopic eyes together
 * (Machado et al., 2009, distances in CIELAB: at least 17).
 */
const palette = [
  0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0x000000, 0xf0e442, 0x0000ff, 0x000044, 0x88ffaa,
  0x443300, 0x110099, 0x7766ff, 0x663355, 0xffddee, 0xdd0044, 0xeeaa66, 0x113388, 0x6699ff, 0xff99aa, 0x221133,
  0x4433dd, 0x446633,
];

/** A colour `[red, green, blue]` of 0 to 255 for each class. The 25th class has that of the first again. */
export const classColors = (count: number): readonly (readonly [number, number, number])[] =>
  Array.from({ length: count }, (_, k) => {
    const hex = palette[k % palette.length]!;
    return [hex >> 16, (hex >> 8) & 255, hex & 255];
  });
