import {
  type BesideFile,
  type ByteSink,
  type ByteSource,
  type FileSystem,
  type Formats,
  openWorkbench,
  services,
  type DType,
  dtypes,
  type NdArray,
  type Region,
  sizeOf,
} from "@spectrai/core";
import { bytesSource, concat } from "../src/bytes/source.ts";
import plugin from "../src/index.ts";
import type { Interleave } from "../src/envi/layout.ts";

const codes = {
  uint8: 1,
  int16: 2,
  int32: 3,
  float32: 4,
  float64: 5,
  uint16: 12,
  uint32: 13,
  int64: 14,
  uint64: 15,
} as const;
export type EnviType = keyof typeof codes;
export const enviTypes = Object.keys(codes) as EnviType[];

export interface Cube {
  readonly lines: number;
  readonly samples: number;
  readonly bands: number;
  readonly type: EnviType;
  readonly interleave: Interleave;
  readonly little: boolean;
  readonly offset: number;
}

export interface Folder {
  open(name: string): ByteSource;
  /** Of each read: file, offset and length. */
  readonly reads: { readonly name: string; readonly offset: number; readonly length: number }[];
  /** Files that were opened as siblings and not closed. */
  readonly left: Set<string>;
}

/** Files of one folder in memory, which find each other. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>, into = true): Folder {
  const reads: Folder["reads"] = [];
  const left = new Set<string>();
  const open = (name: string): ByteSource => {
    const content = files[name]!;
    const source = bytesSource(name, typeof content === "string" ? new TextEncoder().encode(content) : content);
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      reads.push({ name, offset, length });
      return source.read(offset, length);
    };
    return {
      ...source,
      read,
      ...(into
        ? { readInto: async (offset: number, target: Uint8Array) => target.set(await read(offset, target.length)) }
        : {}),
      sibling: (other) => {
        if (!Object.hasOwn(files, other)) return Promise.resolve(undefined);
        left.add(other);
        return Promise.resolve({ ...open(other), close: () => Promise.resolve(void left.delete(other)) });
      },
    };
  };
  return { open, reads, left };
}

export const headerText = (cube: Partial<Cube> = {}, more = ""): string => {
  const { lines = 2, samples = 3, bands = 4, type = "uint8", interleave = "bip", little = true, offset = 0 } = cube;
  return `ENVI
samples = ${samples}
lines = ${lines}
bands = ${bands}
header offset = ${offset}
data type = ${codes[type]}
interleave = ${interleave}
byte order = ${little ? 0 : 1}
${more}`;
};

/** A number for a place in a cube that differs from its neighbours' and that the type holds. */
export function valueAt(type: EnviType, line: number, sample: number, band: number): number | bigint {
  const n = line * 7919 + sample * 104_729 + band * 1_299_709;
  if (type === "float32") return Math.fround(Math.sin(n) * 1e10);
  if (type === "float64") return Math.sin(n) * 1e300;
  if (type === "int64") return BigInt(n) * 1_000_003n * (n % 2 === 0 ? 1n : -1n);
  if (type === "uint64") return BigInt(n) * 1_000_003n;
  const one = new dtypes[type](1);
  one[0] = n * 2_654_435;
  return one[0]!;
}

const setters = {
  uint8: "setUint8",
  int16: "setInt16",
  int32: "setInt32",
  float32: "setFloat32",
  float64: "setFloat64",
  uint16: "setUint16",
  uint32: "setUint32",
  int64: "setBigInt64",
  uint64: "setBigUint64",
} as const;

/** The raw file of a cube, number by number. */
export function rawBytes({ lines, samples, bands, type, interleave, little, offset }: Cube): Uint8Array {
  const width = dtypes[type].BYTES_PER_ELEMENT;
  const view = new DataView(new ArrayBuffer(offset + lines * samples * bands * width));
  for (let y = 0; y < lines; y++)
    for (let x = 0; x < samples; x++)
      for (let b = 0; b < bands; b++) {
        const place =
          interleave === "bip"
            ? (y * samples + x) * bands + b
            : interleave === "bil"
              ? (y * bands + b) * samples + x
              : (b * lines + y) * samples + x;
        view[setters[type]](offset + place * width, valueAt(type, y, x, b) as never, little);
      }
  return new Uint8Array(view.buffer);
}

/** A region of a cube `[lines, samples, bands]`, number by number. */
export function slowRegion({ type }: Cube, region: Region): NdArray {
  const shape = region.map(([a, b]) => b - a);
  const data = new dtypes[type](sizeOf(shape)) as Float64Array;
  const [[y0, y1], [x0, x1], [b0, b1]] = region as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  let i = 0;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) for (let b = b0; b < b1; b++) data[i++] = valueAt(type, y, x, b) as number;
  return { data, shape, dtype: type as DType };
}

/** Gathers the file that is written and those beside it, by name. */
export function collected(name: string): {
  sink: ByteSink;
  beside: BesideFile;
  files: () => Record<string, Uint8Array>;
} {
  const parts: Record<string, Uint8Array[]> = {};
  const sinkOf = (file: string): ByteSink => {
    parts[file] = [];
    return { write: (bytes) => Promise.resolve(void parts[file]!.push(bytes.slice())) };
  };
  return {
    sink: sinkOf(name),
    beside: (ending) => Promise.resolve(sinkOf(name.replace(/\.[^.]*$/, ending))),
    files: () => Object.fromEntries(Object.entries(parts).map(([file, chunks]) => [file, concat(chunks)])),
  };
}

/** The formats of this package as a run has them. */
export async function formatsWith(): Promise<Formats> {
  const nothing = (): void => undefined;
  const bench = await openWorkbench({
    plugins: [plugin],
    files: {} as FileSystem,
    logger: { debug: nothing, info: nothing, warn: nothing },
    seed: 1,
  });
  return bench.services.get(services.formats);
}
