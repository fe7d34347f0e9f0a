/** Small files made by hand, so that the tests do not trust the code they test. */

const little = (bytes: number): { bytes: Uint8Array; view: DataView } => {
  const buffer = new ArrayBuffer(bytes);
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer) };
};

/** A float64 array in NumPy's format. */
export function npy(shape: readonly number[], value: (index: number) => number): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = text.padEnd(117) + "\n";
  const size = shape.reduce((n, d) => n * d, 1);
  const { bytes, view } = little(128 + 8 * size);
  bytes.set([0x93, ...Buffer.from("NUMPY"), 1, 0, 118, 0]);
  bytes.set(Buffer.from(header), 10);
  for (let i = 0; i < size; i++) view.setFloat64(128 + 8 * i, value(i), true);
  return bytes;
}

/** One float64 array in a MATLAB 5 file; values come in MATLAB's order, the first index fastest. */
export function mat5(name: string, shape: readonly number[], value: (index: number) => number): Uint8Array {
  const size = shape.reduce((n, d) => n * d, 1);
  const even = (n: number): number => Math.ceil(n / 8) * 8;
  const inside = 16 + 8 + even(4 * shape.length) + 8 + even(name.length) + 8 + 8 * size;
  const { bytes, view } = little(128 + 8 + inside);
  bytes.set(Buffer.from("MATLAB 5.0 MAT-file".padEnd(116)));
  view.setUint16(124, 0x0100, true);
  bytes.set(Buffer.from("IM"), 126);
  let at = 128;
  const tag = (type: number, length: number): void => {
    view.setUint32(at, type, true);
    view.setUint32(at + 4, length, true);
    at += 8;
  };
  tag(14, inside);
  tag(6, 8); // flags: a double array
  view.setUint32(at, 6, true);
  at += 8;
  tag(5, 4 * shape.length);
  shape.forEach((d, i) => view.setInt32(at + 4 * i, d, true));
  at += even(4 * shape.length);
  tag(1, name.length);
  bytes.set(Buffer.from(name), at);
  at += even(name.length);
  tag(9, 8 * size);
  for (let i = 0; i < size; i++) view.setFloat64(at + 8 * i, value(i), true);
  return bytes;
}

/** Spectra as text: the axis in the first row, then a spectrum a row. */
export const csv = (
  rows: number,
  points: number,
  value = peak,
  axis: (index: number) => number = (i) => 600 + 10 * i,
): string =>
  [
    Array.from({ length: points }, (_, i) => axis(i)),
    ...Array.from({ length: rows }, (_, r) => Array.from({ length: points }, (_, i) => value(r * points + i))),
  ]
    .map((row) => row.join(","))
    .join("\n");

/** Some positive numbers without a pattern. */
export const peak = (index: number): number => 1.5 + Math.sin(index * index);
