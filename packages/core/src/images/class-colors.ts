/** Colours that people with any colour vision tell apart (Okabe and Ito, Color universal design, 2008). */
const colors: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
  [153, 153, 153],
];

/** A colour `[red, green, blue]` of 0 to 255 for each class; beyond eight, the same ones lighter and darker. */
export const classColors = (count: number): readonly (readonly [number, number, number])[] =>
  Array.from({ length: count }, (_, k) => {
    const [r, g, b] = colors[k % colors.length]!;
    const round = Math.floor(k / colors.length);
    // 1, then 0.6, 1.3, 0.36, 1.69 … of the brightness.
    const factor = round === 0 ? 1 : round % 2 === 1 ? 0.6 ** ((round + 1) / 2) : 1.3 ** (round / 2);
    const shade = (v: number): number => Math.max(0, Math.min(255, Math.round(v * factor)));
    return [shade(r), shade(g), shade(b)];
  });
