import type { Axis } from "../axes.ts";
import type { JsonObject } from "../json.ts";
import type { DType, NdArray, TypedArray } from "../ndarray.ts";
import type { Georeference } from "./reader.ts";

/** Where a writer's bytes go. Whoever gave it makes the file appear whole or not at all. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Opens a second file beside the one that is written: the same name with another ending (`.hdr`, `.legend.png`, with the
 * dot). It appears when the first one does.
 */
export type BesideFile = (ending: string) => Promise<ByteSink>;

/** What is known of an image besides its values. */
export interface ImageFacts {
  readonly axis?: Axis;
  readonly georeference?: Georeference;
  /** The value that stands for "not measured". */
  readonly noData?: number;
  /** Label images: the names of the classes, and a colour `[red, green, blue]` of 0 to 255 for each. */
  readonly classes?: readonly { readonly name: string; readonly color: readonly [number, number, number] }[];
  readonly attributes?: JsonObject;
}

export interface FileContent extends ImageFacts {
  readonly variables: Readonly<Record<string, NdArray>>;
  /** Names of the rows, for tables. */
  readonly ids?: readonly string[];
}

/** An image that is written row by row: `[height, width, bands]`, or `[height, width]` where `bands` is absent. */
export interface ImageHeader extends ImageFacts {
  /** What the values are: the variable's name, in formats that have names. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly bands?: number;
  readonly dtype: DType;
}

export interface ImageRows {
  /** The next rows, whole: `rows · width · bands` values, bands fastest. */
  write(values: TypedArray): Promise<void>;
  /** After the last row. */
  end(): Promise<void>;
}

export interface Writer {
  /** Lower case, with the dot; the first is the one given to new files. */
  readonly extensions: readonly string[];
  write(content: FileContent, sink: ByteSink, beside: BesideFile): Promise<void>;
  /** Writes an image that need not fit into memory, where the format can. */
  image?(header: ImageHeader, sink: ByteSink, beside: BesideFile): Promise<ImageRows>;
}
