import type { Metadata } from "h5wasm";
import type { ElementType } from "../bytes/elements.ts";
import type { OpenHdf5 } from "../mat/hdf5-library.ts";

type Classes = OpenHdf5["library"]["Module"]["H5T_class_t"];

/** The number type of stored elements; undefined where they are none that is read. */
export function elementType(metadata: Metadata, classes: Classes): ElementType | undefined {
  const { type, size, signed, enum_type: members } = metadata;
  if (type === classes.H5T_FLOAT.value)
    return size === 8 ? "float64" : size === 4 ? "float32" : size === 2 ? "float16" : undefined;
  if (type === classes.H5T_ENUM.value && members?.type === classes.H5T_INTEGER.value) {
    // As h5py stores truth values.
    if (size === 1 && Object.keys(members.members).sort().join() === "FALSE,TRUE") return "bool";
  } else if (type !== classes.H5T_INTEGER.value && type !== classes.H5T_BITFIELD.value) return undefined;
  if (![1, 2, 4, 8].includes(size)) return undefined;
  return `${signed ? "int" : "uint"}${8 * size}` as ElementType;
}
