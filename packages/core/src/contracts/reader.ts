import type { Axis } from "../axes.ts";
import type { JsonObject } from "../json.ts";
import type { NdArray } from "../ndarray.ts";

/** Random access to the bytes of a file, whether on disk, in a browser's `File` or behind HTTP. */
export interface ByteSource {
  /** The path or URL, for error messages and for telling formats apart by extension. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`. @throws SPECTRAI_FILE_DAMAGED past the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** A file next to this one (ENVI's header, a Zarr chunk), or undefined when there is none. */
  sibling?(name: string): Promise<ByteSource | undefined>;
  /** The path on the local file system, where there is one: for libraries that open files themselves. */
  readonly path?: string;
  close?(): Promise<void>;
}

export interface VariableInfo {
  readonly name: string;
  /** Numeric arrays can be spectra; the other kinds carry labels and metadata. */
  readonly kind: "numeric" | "text" | "other";
  readonly shape: readonly number[];
  /** The dtype in the file, in NumPy's words (`float64`, `>i2` reads as `int16`, …). */
  readonly dtype: string;
}

/** `[start, stop)` in each dimension. */
export type Region = readonly (readonly [start: number, stop: number])[];

/** An open file. Reading is lazy: nothing but headers is read before `read`. */
export interface DataFile {
  readonly variables: readonly VariableInfo[];
  /** The spectral axis, where the file carries one. */
  readonly axis?: Axis;
  readonly attributes: JsonObject;
  /** A numeric variable, or a region of it, in C order. */
  read(variable: string, region?: Region): Promise<NdArray>;
  /** A text variable, one string an element, in C order. */
  readText(variable: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface Reader {
  /** Lower case, with the dot. */
  readonly extensions: readonly string[];
  /** True if the first bytes (up to 512) are of this format. Decides where an extension is shared or missing. */
  sniff?(head: Uint8Array): boolean;
  open(source: ByteSource): Promise<DataFile>;
}
