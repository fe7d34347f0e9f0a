import type { Axis } from "../axes.ts";
import type { JsonObject } from "../json.ts";
import type { NdArray } from "../ndarray.ts";

/** Where a writer's bytes go. Whoever gave it makes the file appear whole or not at all. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

export interface FileContent {
  readonly variables: Readonly<Record<string, NdArray>>;
  readonly axis?: Axis;
  /** Names of the rows, for tables. */
  readonly ids?: readonly string[];
  readonly attributes?: JsonObject;
}

export interface Writer {
  /** Lower case, with the dot; the first is the one given to new files. */
  readonly extensions: readonly string[];
  write(content: FileContent, sink: ByteSink): Promise<void>;
}
