import { dtypes, type ImageHeader, SpectraiError, type TypedArray } from "@spectrai/core";

/** Label images as values from 0 up, which an image with a palette holds. */
export interface LabelCode {
  readonly dtype: "uint8" | "uint16";
  /** The value of pixels without a label. */
  readonly blank: number;
  /** The values of the next rows. @throws SPECTRAI_DATA_LABEL */
  encode(values: TypedArray, firstRow: number): Uint8Array | Uint16Array;
}

/**
 * Pixels below zero, or that have the image's value for "not measured", are blank: that value where it is a label's, else the
 * highest one.
 */
export function labelCode({ classes = [], width, noData }: ImageHeader): LabelCode {
  const dtype = classes.length <= 255 ? "uint8" : "uint16";
  const highest = dtype === "uint8" ? 255 : 65_535;
  const own = noData !== undefined && Number.isInteger(noData) && noData >= 0 && noData <= highest;
  const blank = own ? noData : highest;
  return {
    dtype,
    blank,
    encode(values, firstRow) {
      const out = new dtypes[dtype](values.length);
      for (let i = 0; i < out.length; i++) {
        const label = Number(values[i]);
        if (label < 0 || label === noData) out[i] = blank;
        else if (label < classes.length) out[i] = label;
        else
          throw new SpectraiError(
            "SPECTRAI_DATA_LABEL",
            `Row ${firstRow + Math.floor(i / width)}, column ${i % width} (counted from 0): the label ${label} is none of the ${classes.length} classes.`,
          );
      }
      return out;
    },
  };
}

/** Whether an image holds class labels. */
export const isLabels = ({ bands, classes, dtype }: ImageHeader): boolean =>
  bands === undefined && classes !== undefined && !dtype.startsWith("float");
