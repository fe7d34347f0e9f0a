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
  /** Fills `target` with the bytes from `offset`, without a new allocation. */
  readInto?(offset: number, target: Uint8Array): Promise<void>;
  /** A file next to this one (ENVI's header, a Zarr chunk), or undefined when there is none. */
  sibling?(name: string): Promise<ByteSource | undefined>;
  /** The path on the local file system, where there is one: for libraries that open files themselves. */
  readonly path?: string;
  /** Where the data file is a folder (Zarr): the files in it. `size` is 0 then, and there is nothing to `read`. */
  readonly folder?: FolderFiles;
  close?(): Promise<void>;
}

/** The files of a folder that is one data file. Paths are relative to it, with forward slashes, and do not lead out of it. */
export interface FolderFiles {
  /**
   * The bytes of a file, or of a part of it; undefined where there is no such file.
   *
   * @param most - more bytes than this are refused
   * @throws SPECTRAI_FILE_TOO_LARGE, SPECTRAI_FILE_UNREADABLE, SPECTRAI_FILE_DAMAGED for a part that it does not have
   */
  read(path: string, most: number, part?: FilePart): Promise<Uint8Array | undefined>;
  /** What lies directly in a folder, folders with a slash after their name; absent where that cannot be known (HTTP). */
  list?(path: string): Promise<readonly string[]>;
}

/** A range of a file's bytes, or so many at its end. */
export type FilePart = { readonly offset: number; readonly length: number } | { readonly last: number };

export interface VariableInfo {
  readonly name: string;
  /** Numeric arrays can be spectra; the other kinds carry labels and metadata. */
  readonly kind: "numeric" | "text" | "other";
  readonly shape: readonly number[];
  /** The dtype in the file, in NumPy's words (`float64`, `>i2` reads as `int16`, …). */
  readonly dtype: string;
}

/** Where an image lies on the ground. What a format says in its own words is kept in `native`, to be written back unchanged. */
export interface Georeference {
  /** `[a, b, c, d, e, f]`: the upper left corner of pixel (row, column) is at x = a·column + b·row + c, y = d·column + e·row + f. */
  readonly transform?: readonly [number, number, number, number, number, number];
  /** The coordinate system's number in the EPSG list. */
  readonly epsg?: number;
  /** The coordinate system as well-known text. */
  readonly wkt?: string;
  readonly native?: { readonly format: string; readonly values: JsonObject };
}

/** `[start, stop)` in each dimension. */
export type Region = readonly (readonly [start: number, stop: number])[];

/** An open file. Reading is lazy: nothing but headers is read before `read`. */
export interface DataFile {
  readonly variables: readonly VariableInfo[];
  /** The spectral axis, where the file carries one. */
  readonly axis?: Axis;
  /** One number a band, 0 = a band that is not to be used, where the file says so (ENVI's `bbl`). */
  readonly goodBands?: Uint8Array;
  /** The value that stands for "not measured", where the file names one. */
  readonly noData?: number;
  /** Where an image lies on the ground. */
  readonly georeference?: Georeference;
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
  /**
   * True if a file is of this format although its first bytes cannot tell: raw numbers whose header lies beside them. Asked
   * for shared extensions and for those that no reader knows.
   */
  claims?(source: ByteSource): Promise<boolean>;
  open(source: ByteSource): Promise<DataFile>;
}
