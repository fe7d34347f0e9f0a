/** A cube `[height, width, bands]`, bands fastest: what core calls a `SpectralArray` is one. */
export interface SpectralImage {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly axis: { readonly name?: string; readonly unit: string; readonly values: ArrayLike<number> };
  /** 0 for each pixel that has no data; absent = all have. */
  readonly valid?: ArrayLike<number>;
}

/** Class indices `[height, width]`: what core calls a `LabelArray` is one. */
export interface LabelImage {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  /** Marks pixels without a label. */
  readonly ignored: number;
}

/** The most pixels on a side of a picture in a page; what is larger is shown on a coarser grid. */
export const mostPixels = 512;

/** A picture's grid over an image: blocks of `step` × `step` pixels, fewer at the right and lower edge. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly step: number;
}

/** The finest grid that has at most `most` blocks on a side. */
export function gridOver(height: number, width: number, most = mostPixels): Grid {
  const step = Math.max(1, Math.ceil(Math.max(height, width) / most));
  return { height: Math.ceil(height / step), width: Math.ceil(width / step), step };
}

/** The row or column in the middle of a block, for what cannot be averaged. */
export const middleOf = (block: number, { step }: Grid, size: number): number =>
  Math.min(block * step + (step >> 1), size - 1);

export const imageSize = ({ shape }: { readonly shape: readonly number[] }): { height: number; width: number } => ({
  height: shape[0] ?? 0,
  width: shape[1] ?? 0,
});

const axisNames: Readonly<Record<string, string>> = {
  "cm-1": "Wavenumber",
  nm: "Wavelength",
  um: "Wavelength",
  eV: "Energy",
  index: "Point",
};

/** What an axis is called: by its own name, or, where that says nothing, by its unit. */
export const axisLabel = ({ name, unit }: { readonly name?: string; readonly unit: string }): string =>
  name === undefined || name === "spectral" || name === "index" ? (axisNames[unit] ?? "Axis") : name;
