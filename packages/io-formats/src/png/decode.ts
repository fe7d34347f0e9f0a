/** Pixels of a PNG image, as they are stored: palette indices stay indices. Source: W3C PNG, sections 7 to 9. */
import type { NdArray } from "@spectrai/core";
import { damaged, tooLarge } from "../bytes/errors.ts";
import { inflate, mostInflated } from "../bytes/inflate.ts";
import { bytesSource, concat } from "../bytes/source.ts";
import type { PngChunks } from "./chunks.ts";

const mostPixels = 2 ** 30;

/** First pixel and step of the passes of an interlaced image, `[x0, y0, dx, dy]`. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** `[H, W]` for one channel, else `[H, W, channels]`; uint8, or uint16 for 16 bits. */
export async function decodePng(file: string, { header, data }: PngChunks): Promise<NdArray> {
  const { width, height, depth, channels, interlaced } = header;
  if (width * height * channels > mostPixels) throw tooLarge(file, `it has ${width} × ${height} pixels`);
  const passes = (interlaced ? adam7 : ([[0, 0, 1, 1]] as const))
    .map(([x0, y0, dx, dy]) => ({ x0, y0, dx, dy, w: Math.ceil((width - x0) / dx), h: Math.ceil((height - y0) / dy) }))
    .filter((p) => p.w > 0 && p.h > 0);
  const bits = channels * depth;
  const rowBytes = (w: number): number => Math.ceil((w * bits) / 8);
  const size = passes.reduce((n, p) => n + p.h * (1 + rowBytes(p.w)), 0);
  const packed = concat(data);
  if (size > mostInflated(packed.length))
    throw damaged(file, `${packed.length} bytes of data cannot make ${width} × ${height} pixels`);
  const raw = await inflate(bytesSource(file, packed), { format: "deflate", limit: size });
  if (raw.length !== size) throw damaged(file, `it holds data for fewer than its ${width} × ${height} pixels`);

  const out = depth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  let at = 0;
  for (const pass of passes) {
    const stride = rowBytes(pass.w);
    unfilter(file, raw, at, pass.h, stride, Math.max(1, bits / 8));
    for (let y = 0; y < pass.h; y++) {
      const row = raw.subarray(at + y * (stride + 1) + 1, at + (y + 1) * (stride + 1));
      const start = ((pass.y0 + y * pass.dy) * width + pass.x0) * channels;
      unpack(row, depth, pass.w * channels, (i, v) => {
        const pixel = Math.floor(i / channels);
        out[start + pixel * pass.dx * channels + (i - pixel * channels)] = v;
      });
    }
    at += pass.h * (stride + 1);
  }
  return {
    data: out,
    shape: channels === 1 ? [height, width] : [height, width, channels],
    dtype: depth === 16 ? "uint16" : "uint8",
  };
}

/** Undoes the filters of a pass in place: each row is a filter number and `stride` bytes. */
function unfilter(file: string, raw: Uint8Array, start: number, rows: number, stride: number, step: number): void {
  for (let y = 0; y < rows; y++) {
    const row = start + y * (stride + 1) + 1;
    const above = row - stride - 1;
    const filter = raw[row - 1]!;
    if (filter > 4) throw damaged(file, `row ${y} has the unknown filter ${filter}`);
    if (filter === 0) continue;
    for (let i = 0; i < stride; i++) {
      const left = i >= step ? raw[row + i - step]! : 0;
      const up = y > 0 ? raw[above + i]! : 0;
      const corner = y > 0 && i >= step ? raw[above + i - step]! : 0;
      const add = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      raw[row + i] = (raw[row + i]! + add) & 255;
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

function unpack(row: Uint8Array, depth: number, count: number, put: (index: number, value: number) => void): void {
  if (depth === 8) for (let i = 0; i < count; i++) put(i, row[i]!);
  else if (depth === 16) for (let i = 0; i < count; i++) put(i, (row[2 * i]! << 8) | row[2 * i + 1]!);
  else {
    const mask = (1 << depth) - 1;
    for (let i = 0; i < count; i++) put(i, (row[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & mask);
  }
}
