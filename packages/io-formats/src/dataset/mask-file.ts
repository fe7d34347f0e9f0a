import { type NdArray, type Rectangle, type Region, SpectraiError, toFloat64 } from "@spectrai/core";
import type { FilePool } from "./pool.ts";
import { type ColorSource, type ColorTable, labelsOfColors, paletteOf } from "./class-colors.ts";
import { unlabelled } from "./unlabelled.ts";
import { pickVariable } from "./variables.ts";

/** More classes than this are no classes: the file is a picture. */
const mostClasses = 1024;

/** The labels of one file. */
export interface MaskFile {
  readonly path: string;
  readonly height: number;
  readonly width: number;
  /** Class indices of the window, `unlabelled` where there is none. */
  read(window: Rectangle): Promise<Int32Array>;
}

export interface MaskOptions {
  readonly variable: string | undefined;
  readonly as: "mask" | "abundance";
  /** Tells classes by colours; absent = by the mask's values, of which the next two speak. */
  readonly colors: ColorTable | undefined;
  readonly firstClass: number;
  readonly ignore: readonly number[];
  /** Number of classes, where it is known. */
  readonly classes: number | undefined;
}

/** The shape of a target variable, which tells masks from cubes. */
export const targetShape = (pool: FilePool, path: string, variable: string | undefined): Promise<readonly number[]> =>
  pool.use(path, (file) => Promise.resolve(pickVariable(path, file, variable, "targetVariable").shape));

/** @throws SPECTRAI_DATA_SHAPE when the variable is no image of labels */
export const describeMask = (pool: FilePool, path: string, options: MaskOptions): Promise<MaskFile> =>
  pool.use(path, (file) => {
    const { name, shape } = pickVariable(path, file, options.variable, "targetVariable");
    const { as, colors } = options;
    const flat = shape.length === 3 && shape[2] === 1 ? shape.slice(0, 2) : shape;
    const isPicture = shape.length === 3 && (shape[2] === 3 || shape[2] === 4);
    if (!(as === "abundance" ? shape.length === 3 : flat.length === 2 || (colors && isPicture)))
      throw new SpectraiError(
        "SPECTRAI_DATA_SHAPE",
        `${path}: "${name}" has the shape [${shape.join(", ")}], where ${as === "abundance" ? "abundances need rows, columns and classes" : colors ? "a picture in colours needs rows, columns and 3 channels (4 with opacity), or a palette" : "a mask needs rows and columns (of a picture in colours, classColors tells the classes)"}.`,
        { details: { file: path, variable: name, shape } },
      );
    const [height, width] = shape as [number, number];
    const source: ColorSource | undefined =
      colors && (isPicture ? { channels: shape[2] as 3 | 4 } : { palette: paletteOf(path, file) });
    return Promise.resolve({
      path,
      height,
      width,
      read: async (window: Rectangle) => {
        const { y0, y1, x0, x1 } = window;
        const region: Region = [[y0, y1], [x0, x1], ...shape.slice(2).map((d) => [0, d] as const)];
        const values = await pool.use(path, (f) => f.read(name, region));
        if (as === "abundance") return largest(values);
        return source ? labelsOfColors(values, source, colors!, path, window) : labels(values, path, window, options);
      },
    });
  });

/** The class of the largest abundance; a pixel with none above zero has no label. */
function largest({ data, shape }: NdArray): Int32Array {
  const n = shape[2]!;
  const values = toFloat64(data);
  return Int32Array.from({ length: values.length / n }, (_, p) => {
    let best = unlabelled;
    for (let k = 0, most = 0; k < n; k++) {
      if (!(values[p * n + k]! > most)) continue;
      most = values[p * n + k]!;
      best = k;
    }
    return best;
  });
}

function labels(
  { data }: NdArray,
  path: string,
  { y0, x0, x1 }: Rectangle,
  { firstClass, ignore, classes = mostClasses }: MaskOptions,
): Int32Array {
  const values = toFloat64(data);
  const ignored = new Set(ignore);
  const found = new Int32Array(values.length);
  for (let p = 0; p < found.length; p++) {
    const value = values[p]!;
    if (ignored.size > 0 && ignored.has(value)) found[p] = unlabelled;
    else if (Number.isInteger(value) && value < firstClass + classes)
      found[p] = value < firstClass ? unlabelled : value - firstClass;
    else {
      const [y, x] = [y0 + Math.floor(p / (x1 - x0)), x0 + (p % (x1 - x0))];
      const why = Number.isInteger(value)
        ? `is out of range: ${classes} classes have the values ${firstClass} to ${firstClass + classes - 1}`
        : "is not a whole number";
      throw new SpectraiError(
        "SPECTRAI_DATA_LABEL",
        `${path}, row ${y}, column ${x} (counted from 0): the label ${value} ${why}. Mend the mask, or set classNames, firstClass or ignore.`,
        {
          details: { file: path, row: y, column: x, label: value },
        },
      );
    }
  }
  return found;
}
