/**
 * A bitmap font of 5 × 8 dots, descenders included: printable ASCII and what axis labels need besides. A glyph is a
 * list of columns; bit 0 of a column is its uppermost dot.
 */
const ascii =
  "0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649552250 0005030000 001c224100 0041221c00 14083e0814 08083e0808 " +
  "0050300000 0808080808 0060600000 2010080402 3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503 " +
  "3649494936 064949291e 0036360000 0056360000 0814224100 1414141414 0041221408 0201510906 324979413e 7e1111117e 7f49494936 3e41414122 " +
  "7f4141221c 7f49494941 7f09090901 3e4149497a 7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e " +
  "7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f 6314081463 0708700807 6151494543 007f414100 " +
  "0204081020 0041417f00 0402010204 4040404040 0001020400 2054545478 7f48444438 3844444420 384444487f 3854545418 087e090102 18a4a4a47c " +
  "7f08040478 00447d4000 4080847d00 7f10284400 00417f4000 7c04180478 7c08040478 3844444438 fc24242418 18242418fc 7c08040408 4854545420 " +
  "043f444020 3c4040207c 1c2040201c 3c4030403c 4428102844 1ca0a0a07c 4464544c44 0008364100 00007f0000 0041360800 1008081008";

const others: Readonly<Record<string, string>> = {
  "\u2212": "0808080808", // minus
  "\u2013": "0808080808", // en dash
  "\u2014": "0808080808", // em dash
  "\u2026": "4000400040", // ellipsis
  "\u202f": "0000", // narrow space
  "\u00a0": "0000000000",
  "×": "2214081422",
  "·": "0018180000",
  "°": "06090906",
  µ: "fc4040207c",
  μ: "fc4040207c",
  λ: "4126181020",
  "⁻": "040404",
  "⁰": "1f111f",
  "¹": "121f10",
  "²": "1d1517",
  "³": "15151f",
  "⁴": "07041f",
  "⁵": "17151d",
  "⁶": "1f151d",
  "⁷": "01011f",
  "⁸": "1f151f",
  "⁹": "17151f",
};

const columnsOf = (hex: string): number[] => (hex.match(/../g) ?? []).map((h) => Number.parseInt(h, 16));
const glyphs = new Map<string, number[]>([
  ...ascii.split(" ").map((hex, i): [string, number[]] => [String.fromCharCode(32 + i), columnsOf(hex)]),
  ...Object.entries(others).map(([char, hex]): [string, number[]] => [char, columnsOf(hex)]),
]);
/** Drawn for a character the font does not have. */
const unknown = columnsOf("7f4141417f");

export const glyphHeight = 8;

/** The columns of a character. */
export const glyph = (char: string): readonly number[] => glyphs.get(char) ?? unknown;

/** Width of a text in dots, with one dot between characters. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += glyph(char).length + 1;
  return Math.max(0, width - 1);
}
