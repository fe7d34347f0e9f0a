import * as tf from "@tensorflow/tfjs-core";
import type { Wasm } from "../heap.ts";
import { engine, Kernel } from "../engine.ts";

type Triple = readonly [number, number, number];

/** A convolution on a grid of three dimensions (the leading ones 1 for images and spectra), channels last. */
export interface Grid {
  readonly n: number;
  readonly input: Triple;
  readonly output: Triple;
  readonly taps: Triple;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: Triple;
  readonly dilation: Triple;
  readonly pad: Triple;
}

const product = ([a, b, c]: Triple): number => a * b * c;
export const tapsOf = (g: Grid): number => product(g.taps);

/** Multiplications and additions of the whole convolution. */
const operations = (g: Grid): number => 2 * g.n * product(g.output) * tapsOf(g) * g.inChannels * g.outChannels;

export type Conv2DAttrs = {
  readonly strides: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

export function grid2D(inShape: readonly number[], filterShape: readonly number[], attrs: Conv2DAttrs): Grid {
  if (attrs.dataFormat === "NCHW") throw new Error("the wasm backend takes channels-last arrays (NHWC)");
  const c = tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  return {
    n: c.batchSize,
    input: [1, c.inHeight, c.inWidth],
    output: [1, c.outHeight, c.outWidth],
    taps: [1, c.filterHeight, c.filterWidth],
    inChannels: c.inChannels,
    outChannels: c.outChannels,
    stride: [1, c.strideHeight, c.strideWidth],
    dilation: [1, c.dilationHeight, c.dilationWidth],
    pad: [0, c.padInfo.top, c.padInfo.left],
  };
}

export type Conv3DAttrs = {
  readonly strides: number | [number, number, number];
  readonly dilations?: number | [number, number, number];
  readonly pad: "valid" | "same";
};

export function grid3D(inShape: readonly number[], filterShape: readonly number[], attrs: Conv3DAttrs): Grid {
  const c = tf.backend_util.computeConv3DInfo(
    inShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
  );
  return {
    n: c.batchSize,
    input: [c.inDepth, c.inHeight, c.inWidth],
    output: [c.outDepth, c.outHeight, c.outWidth],
    taps: [c.filterDepth, c.filterHeight, c.filterWidth],
    inChannels: c.inChannels,
    outChannels: c.outChannels,
    stride: [c.strideDepth, c.strideHeight, c.strideWidth],
    dilation: [c.dilationDepth, c.dilationHeight, c.dilationWidth],
    pad: [c.padInfo.front, c.padInfo.top, c.padInfo.left],
  };
}

/** The same sums as one row of positions, where a 1×1 filter on the whole grid allows it. */
function flattened(g: Grid): Grid {
  const whole =
    [g.taps, g.stride].every((t) => product(t) === 1) && product(g.pad) === 0 && g.pad.every((p) => p === 0);
  if (!whole) return g;
  const line: Triple = [1, 1, g.n * product(g.output)];
  return { ...g, n: 1, input: line, output: line };
}

export const Activation = { linear: 0, relu: 1, relu6: 2 } as const;

/** Addresses of the arrays of a convolution. */
export interface Arrays {
  readonly source: number;
  readonly weights: number;
  readonly out: number;
}

/**
 * `out = conv(source, weights)` or, transposed, the gradient with respect to the input: `source` is then dy and `out` dx.
 * `strides` are those of a weight's rows (source channels) and columns in floats.
 */
export function convolve(
  backend: Wasm,
  grid: Grid,
  { source, weights, out }: Arrays,
  options: {
    readonly transposed?: boolean;
    readonly bias?: number;
    readonly activation?: number;
    readonly strides?: readonly [number, number];
  } = {},
): void {
  const g = flattened(grid);
  const { transposed = false, bias = 0, activation = 0 } = options;
  const depth = transposed ? g.outChannels : g.inChannels;
  const columns = transposed ? g.inChannels : g.outChannels;
  const [strideK, strideC] = options.strides ?? (transposed ? [1, depth] : [columns, 1]);
  const taps = tapsOf(g);
  const blocks = Math.ceil(columns / 8);
  const packed = backend.wasm._malloc(blocks * taps * depth * 32) >>> 0;
  // The bias is read eight at a time.
  const biasCopy = bias === 0 ? 0 : backend.wasm._malloc(blocks * 32) >>> 0;
  const e = engine();
  const tapBytes = 16 * taps;
  const scratch = e.scratch(tapBytes * e.parts);
  const zero = e.zeros(depth);
  if (biasCopy) {
    const floats = new Float32Array(backend.wasm.HEAPU8.buffer);
    floats.fill(0, biasCopy / 4, biasCopy / 4 + blocks * 8);
    floats.copyWithin(biasCopy / 4, bias / 4, bias / 4 + columns);
  }
  e.run(Kernel.pack, [weights, packed, taps, depth, columns, strideK, strideC], taps * depth * columns);
  const [from, to] = transposed ? [g.output, g.input] : [g.input, g.output];
  const lines = g.n * to[0] * to[1];
  const shared = lines >= 4 * e.parts ? 0 : to[2] >= 16 * e.parts ? 2 : 1;
  e.run(
    Kernel.conv,
    [
      source,
      packed,
      out,
      scratch,
      tapBytes,
      zero,
      g.n,
      ...from,
      ...to,
      ...g.taps,
      depth,
      columns,
      ...g.stride,
      ...g.dilation,
      ...g.pad,
      transposed ? 1 : 0,
      biasCopy,
      activation,
      shared,
    ],
    operations(g),
  );
  backend.wasm._free(packed);
  if (biasCopy) backend.wasm._free(biasCopy);
}

/** `out = Σ over positions of x[position of tap]ᵀ · dy[position]`: the gradient with respect to the filter. */
export function filterGradient(
  backend: Wasm,
  grid: Grid,
  { x, dy, out }: { readonly x: number; readonly dy: number; readonly out: number },
): void {
  const g = flattened(grid);
  const rows = Math.ceil(g.inChannels / 4) * 4;
  const columns = Math.ceil(g.outChannels / 8) * 8;
  const exact = rows === g.inChannels && columns === g.outChannels;
  const taps = tapsOf(g);
  const size = taps * rows * columns;
  const target = exact ? out : backend.wasm._malloc(4 * size) >>> 0;
  new Float32Array(backend.wasm.HEAPU8.buffer, target, size).fill(0);
  engine().run(
    Kernel.outer,
    [
      x,
      dy,
      target,
      g.n,
      ...g.input,
      ...g.output,
      ...g.taps,
      rows,
      columns,
      ...g.stride,
      ...g.dilation,
      ...g.pad,
      g.inChannels,
      g.outChannels,
    ],
    operations(g),
  );
  if (exact) return;
  const floats = new Float32Array(backend.wasm.HEAPU8.buffer);
  let to = out / 4;
  for (let t = 0; t < taps; t++)
    for (let r = 0; r < g.inChannels; r++, to += g.outChannels) {
      const from = target / 4 + (t * rows + r) * columns;
      floats.copyWithin(to, from, from + g.outChannels);
    }
  backend.wasm._free(target);
}
