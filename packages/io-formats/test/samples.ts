import { halfToFloat, ndarray, type NdArray } from "@spectrai/core";
import * as h5wasm from "h5wasm";
import { csvWriter, csvWriterSchema, matWriter, npyWriter, npzWriter } from "../src/index.ts";
import { npyHeader } from "../src/npy/write.ts";
import { concat } from "../src/bytes/source.ts";
import { written } from "./collect.ts";

/** An array of any size whose every element is told from its neighbours, not compressible to nothing. */
export const example = (...shape: number[]): NdArray<Float64Array> =>
  ndarray(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i) * 1000),
    shape,
  );

export const matBytes = (compress: boolean, array: NdArray = example(4, 5, 6)): Promise<Uint8Array> =>
  written(matWriter.create({ compress }, {}) as never, { variables: { cube: array } });
export const npyBytes = (array: NdArray = example(4, 5, 6)): Promise<Uint8Array> =>
  written(npyWriter.create({}, {}) as never, { variables: { data: array } });
export const npzBytes = (compress: boolean): Promise<Uint8Array> =>
  written(npzWriter.create({ compress }, {}) as never, {
    variables: { cube: example(4, 5, 6), labels: ndarray(Int32Array.of(3, 1, 2)) },
    ids: ["a", "bé"],
  });
export const csvBytes = (): Promise<Uint8Array> =>
  written(csvWriter.create(csvWriterSchema.parse({}), {}) as never, {
    variables: { spectra: example(6, 9), y: example(6) },
    ids: ["a", "b", "c", 'd"', "e,", "f"],
  });

/** A .npy file of any type string and order, from its raw data. */
export const rawNpy = (type: string, shape: readonly number[], data: Uint8Array, fortran = false): Uint8Array => {
  const header = npyHeader(type, shape);
  // Same length: a space of the padding makes room.
  const text = new TextDecoder().decode(header.subarray(10)).replace("False, ", fortran ? "True,  " : "False, ");
  return concat([header.subarray(0, 10), new TextEncoder().encode(text), data]);
};

/** Big-endian bytes of a typed array. */
export const bigEndian = (data: Float64Array | Float32Array | Int16Array | Int32Array): Uint8Array => {
  const bytes = new Uint8Array(data.buffer.slice(0));
  const w = data.BYTES_PER_ELEMENT;
  for (let i = 0; i < bytes.length; i += w) bytes.subarray(i, i + w).reverse();
  return bytes;
};

/** A MATLAB 4 variable. `type` is the word MOPT. */
export function mat4(name: string, type: number, rows: number, columns: number, data: Uint8Array): Uint8Array {
  const little = type < 1000;
  const header = new DataView(new ArrayBuffer(20));
  [type, rows, columns, 0, name.length + 1].forEach((v, i) => header.setUint32(4 * i, v, little));
  return concat([new Uint8Array(header.buffer), new TextEncoder().encode(`${name}\0`), data]);
}

let made = 0;
/** A MATLAB 7.3 file as MATLAB lays it out (without its header of 512 bytes, which other programs leave out too). */
export async function mat73Bytes(): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const path = `/made-${made++}.mat`;
  const file = new h5wasm.File(path, "w");
  const set = (
    group: h5wasm.Group,
    name: string,
    data: unknown,
    shape: number[],
    cls: string,
    dtype?: string,
  ): h5wasm.Dataset => {
    const item = group.create_dataset({ name, data: data as never, shape, ...(dtype ? { dtype } : {}) });
    item.create_attribute("MATLAB_class", cls);
    return item;
  };
  // [4, 5, 6] in MATLAB: stored reversed, first index fastest.
  const cube = example(4, 5, 6);
  const turned = Float64Array.from(
    { length: 120 },
    (_, i) => cube.data[(i % 4) * 30 + (Math.floor(i / 4) % 5) * 6 + Math.floor(i / 20)]!,
  );
  set(file, "cube", turned, [6, 5, 4], "double");
  set(file, "flags", Uint8Array.of(1, 0, 1), [3, 1], "logical");
  set(
    file,
    "title",
    Uint16Array.from("Raman", (c) => c.charCodeAt(0)),
    [5, 1],
    "char",
  );
  const empty = set(file, "nothing", BigUint64Array.of(0n, 7n), [2], "double");
  empty.create_attribute("MATLAB_empty", 1);
  const struct = file.create_group("scan");
  struct.create_attribute("MATLAB_class", "struct");
  set(struct, "wavelength", Float32Array.of(400, 500, 600), [3, 1], "single");
  const refs = file.create_group("#refs#");
  const a = set(
    refs,
    "a",
    Uint16Array.from("tree", (c) => c.charCodeAt(0)),
    [4, 1],
    "char",
  );
  const b = set(
    refs,
    "b",
    Uint16Array.from("soil", (c) => c.charCodeAt(0)),
    [4, 1],
    "char",
  );
  set(file, "names", [a.create_reference(), b.create_reference()], [2, 1], "cell");
  const n = set(refs, "n", Int32Array.of(1, 2, 3, 4), [2, 2], "int32");
  set(file, "mixed", [a.create_reference(), n.create_reference()], [1, 2], "cell");
  file.close();
  const bytes = FS!.readFile(path) as Uint8Array;
  FS!.unlink(path);
  return bytes;
}

/** The 16-bit floats nearest to some values that have an exact one. */
export const halfCodes = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0xfc00);
export const halfValues = Array.from(halfCodes, halfToFloat);
