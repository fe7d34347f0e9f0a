import {
  dtypes,
  type FileContent,
  type ImageHeader,
  type ImageRows,
  type NdArray,
  SpectraiError,
  type TypedArray,
} from "@spectrai/core";

/** Hands on rows that come whole, of the type that was announced, and as many as were announced. */
export function countedRows(
  { height, width, bands = 1, dtype }: ImageHeader,
  write: (values: TypedArray, firstRow: number) => Promise<void>,
  end: () => Promise<void> = () => Promise.resolve(),
): ImageRows {
  const row = width * bands;
  let done = 0;
  return {
    async write(values) {
      const rows = values.length / row;
      if (!(values instanceof dtypes[dtype]) || !Number.isInteger(rows) || done + rows > height)
        throw new SpectraiError(
          "SPECTRAI_DATA_SHAPE",
          `${values.length} values do not fit an image whose rows have ${row} values of ${dtype}, of which ${height - done} are left.`,
        );
      await write(values, done);
      done += rows;
    },
    async end() {
      if (done < height)
        throw new SpectraiError(
          "SPECTRAI_DATA_SHAPE",
          `The image ends after ${done} rows, where its height is ${height}.`,
        );
      await end();
    },
  };
}

/**
 * The one image in a content, `[height, width]` or `[height, width, bands]`; dimensions of one element in front are left out.
 *
 * @param format - for messages: "A TIFF file"
 * @throws SPECTRAI_CONFIG_INVALID when there are several arrays, SPECTRAI_DATA_SHAPE when the array is no image
 */
export function onlyImage(
  content: FileContent,
  format: string,
): { readonly header: ImageHeader; readonly array: NdArray } {
  const [[name, array] = [], ...others] = Object.entries(content.variables);
  if (name === undefined || !array || others.length > 0)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `${format} holds one image, but there are ${others.length + (array ? 1 : 0)} arrays to write (${Object.keys(content.variables).join(", ")}). Write .npz or .mat instead.`,
    );
  const shape = array.shape.slice();
  while (shape.length > 3 && shape[0] === 1) shape.shift();
  const [height, width, bands] = shape;
  if (height === undefined || width === undefined || shape.length > 3 || shape.includes(0))
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `"${name}" has the shape [${array.shape.join(", ")}], where an image has rows and columns, or rows, columns and bands. Write .npz or .mat instead.`,
    );
  const facts = { ...content, name, height, width, dtype: array.dtype };
  return { header: bands === undefined ? facts : { ...facts, bands }, array };
}
