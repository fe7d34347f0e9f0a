import type { Rectangle } from "../contracts/sample.ts";
import type { Span } from "../images/tiles.ts";
import { weightSums } from "../images/tiles.ts";

/** What a network makes of a tile: `scale` times as many rows and columns, `channels` values each. */
export type PredictTile = (window: Rectangle) => Promise<Float32Array>;

export interface TiledOptions {
  readonly rows: readonly Span[];
  readonly columns: readonly Span[];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** How many times finer the output is. */
  readonly scale: number;
  readonly predict: PredictTile;
  /** Rows of the output from here on are asked for; those before are there already. */
  readonly from: number;
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows `[y0, y1)` of the output, `[rows, width, channels]`. */
export interface OutputRows {
  readonly y0: number;
  readonly y1: number;
  readonly values: Float32Array;
}

/**
 * Applies a network to an image tile by tile and gives the blended output from top to bottom. Only the rows that tiles still
 * to come can change are held.
 */
export async function* predictTiles(o: TiledOptions): AsyncGenerator<OutputRows> {
  const { rows, columns, channels, scale } = o;
  const width = o.width * scale;
  const line = width * channels;
  const down = repeated(weightSums(o.height, rows), scale);
  const across = repeated(weightSums(o.width, columns), scale);
  const needed = rows.map((span) => span.stop * scale > o.from);
  const total = needed.filter(Boolean).length * columns.length;
  let done = 0;
  // Sums of weighted outputs for rows from `top` on.
  let top = 0;
  let sums: Float32Array = new Float32Array(0);
  for (const [k, row] of rows.entries()) {
    const end = row.stop * scale;
    if (needed[k]) {
      if (sums.length === 0) top = row.start * scale;
      const grown = new Float32Array((end - top) * line);
      grown.set(sums);
      sums = grown;
      for (const column of columns) {
        const window = { y0: row.start, y1: row.stop, x0: column.start, x1: column.stop };
        addTile(sums, top, line, channels, scale, row, column, await o.predict(window));
        o.progress?.(++done, total);
        o.signal?.throwIfAborted();
      }
    }
    const final = (rows[k + 1]?.start ?? o.height) * scale;
    const first = Math.max(top, o.from);
    if (needed[k] && final > top) {
      if (final > first)
        yield { y0: first, y1: final, values: finished(sums, top, first, final, line, channels, down, across) };
      sums = sums.slice((final - top) * line);
      top = final;
    }
  }
}

function addTile(
  sums: Float32Array,
  top: number,
  line: number,
  channels: number,
  scale: number,
  row: Span,
  column: Span,
  output: Float32Array,
): void {
  const width = (column.stop - column.start) * scale;
  for (let y = 0, at = 0; y < (row.stop - row.start) * scale; y++) {
    const wy = row.weights[Math.floor(y / scale)]!;
    let to = (row.start * scale + y - top) * line + column.start * scale * channels;
    for (let x = 0; x < width; x++) {
      const w = wy * column.weights[Math.floor(x / scale)]!;
      if (w === 0) {
        at += channels;
        to += channels;
        continue;
      }
      for (let c = 0; c < channels; c++, at++, to++) sums[to]! += w * output[at]!;
    }
  }
}

function finished(
  sums: Float32Array,
  top: number,
  y0: number,
  y1: number,
  line: number,
  channels: number,
  down: Float64Array,
  across: Float64Array,
): Float32Array {
  const values = new Float32Array((y1 - y0) * line);
  for (let y = y0, to = 0, at = (y0 - top) * line; y < y1; y++)
    for (let x = 0; x < across.length; x++) {
      const weight = down[y]! * across[x]!;
      for (let c = 0; c < channels; c++, to++, at++) values[to] = sums[at]! / weight;
    }
  return values;
}

const repeated = (values: Float64Array, scale: number): Float64Array =>
  scale === 1 ? values : Float64Array.from({ length: values.length * scale }, (_, i) => values[Math.floor(i / scale)]!);
