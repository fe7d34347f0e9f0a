import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";
import { dispatch, output, type Shader } from "../program.ts";
import { gridOf, gridScalars, overGrid } from "./grid.ts";
import { once } from "./pass.ts";
import { type Call, replace } from "./kernel.ts";
import { adjoint, linearTaps, repeatTaps, resizeTaps, type Taps } from "./taps.ts";

const single = repeatTaps(1, 1);

/**
 * Applies a linear map along each spatial dimension of `[N, …spatial, C]`, of one to three. All dimensions in one pass: the
 * output is written once, and what neighbouring outputs share of the input comes from the caches.
 *
 * @param sizes - of the spatial dimensions that come out
 * @param taps - for each of them
 */
export function resample(
  backend: WebGpu,
  x: tf.TensorInfo,
  sizes: readonly number[],
  taps: readonly Taps[],
): tf.TensorInfo {
  const channels = x.shape.at(-1)!;
  const y = output(backend, [x.shape[0]!, ...sizes, channels]);
  if (tf.util.sizeFromShape(y.shape) === 0) return y;
  const missing = 3 - sizes.length;
  const three = <T>(values: readonly T[], one: T): [T, T, T] =>
    [one, one, one].map((v, d) => (d < missing ? v : values[d - missing]!)) as [T, T, T];
  const from = three(x.shape.slice(1, -1), 1);
  const to = three(sizes, 1);
  const lanes = channels % 4 === 0 ? 4 : 1;
  const columns = (to[2] * channels) / lanes;
  const rows = x.shape[0]! * to[0] * to[1];
  const grid = gridOf(backend, columns, rows);
  const { table, starts } = tableOf(backend, three(taps, single));
  const scalars = [...grid.values, channels / lanes, ...from, to[0], to[1], ...starts];
  dispatch(backend, shader(lanes), [x, table, y], scalars, grid.groups);
  return y;
}

const shader = (lanes: 1 | 4): Shader =>
  once(`resample ${lanes}`, () => {
    const type = lanes === 4 ? "vec4<f32>" : "f32";
    return {
      bindings: [
        { name: "x", type },
        { name: "taps", type: "i32" },
        { name: "y", type, written: true },
      ],
      scalars: {
        ...gridScalars,
        channels: "u32",
        fromDepth: "u32",
        fromHeight: "u32",
        fromWidth: "u32",
        depth: "u32",
        height: "u32",
        startD: "u32",
        startH: "u32",
        startW: "u32",
      },
      code: overGrid(`
      let plane = row / scalars.height;
      let sample = plane / scalars.depth;
      let atD = scalars.startD + plane % scalars.depth;
      let atH = scalars.startH + row % scalars.height;
      let atW = scalars.startW + column / scalars.channels;
      let channel = column % scalars.channels;
      var sum = ${type}();
      for (var d = taps[atD]; d < taps[atD + 1u]; d += 2) {
        for (var h = taps[atH]; h < taps[atH + 1u]; h += 2) {
          let line = ((sample * scalars.fromDepth + u32(taps[d])) * scalars.fromHeight + u32(taps[h])) * scalars.fromWidth;
          let weight = bitcast<f32>(taps[d + 1]) * bitcast<f32>(taps[h + 1]);
          var inner = ${type}();
          for (var w = taps[atW]; w < taps[atW + 1u]; w += 2) {
            inner += bitcast<f32>(taps[w + 1]) * x[(line + u32(taps[w])) * scalars.channels + channel];
          }
          sum += weight * inner;
        }
      }
      y[row * scalars.columns + column] = sum;`),
    };
  });

interface Table {
  readonly table: tf.TensorInfo;
  /** Where each dimension begins in it: with where the entries of each output start, and the end of the last. */
  readonly starts: readonly number[];
}

const tables = new WeakMap<WebGpu, Map<string, Table>>();
const mostTables = 1000;

/** The maps on the device. An entry is an index and a weight (float32, by its bits). */
function tableOf(backend: WebGpu, taps: readonly Taps[]): Table {
  let known = tables.get(backend);
  if (!known) tables.set(backend, (known = new Map<string, Table>()));
  const key = taps.map((t) => t.key).join();
  const found = known.get(key);
  if (found) return found;
  // Spectra of any length must not fill the memory.
  if (known.size >= mostTables) {
    for (const { table } of known.values()) backend.disposeData(table.dataId);
    known.clear();
  }
  const dimensions = taps.map((t) => t.entries());
  const lengths = dimensions.map((of) => of.reduce((n, entries) => n + 2 * entries.length, of.length + 1));
  const values = new Int32Array(lengths.reduce((a, b) => a + b));
  const weights = new Float32Array(values.buffer);
  const starts: number[] = [];
  let start = 0;
  dimensions.forEach((of, d) => {
    starts.push(start);
    let at = start + of.length + 1;
    of.forEach((entries, o) => {
      values[start + o] = at;
      for (const [index, weight] of entries) {
        values[at] = index;
        weights[at + 1] = weight;
        at += 2;
      }
    });
    values[start + of.length] = at;
    start += lengths[d]!;
  });
  const made = { table: backend.makeTensorInfo([values.length], "int32", values), starts };
  known.set(key, made);
  return made;
}

interface Resize {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

function registerResize(name: string, nearest: boolean): void {
  const ofIntegers = tf.getKernel(name, backendName).kernelFunc as unknown as (call: Call) => tf.TensorInfo;
  const maps = (from: readonly number[], to: readonly number[], { alignCorners, halfPixelCenters }: Resize): Taps[] =>
    to.map((n, i) => resizeTaps(from[i]!, n, nearest, alignCorners, halfPixelCenters));
  replace(name, (call) => {
    const { images } = call.inputs as { readonly images: tf.TensorInfo };
    if (images.dtype !== "float32") return ofIntegers(call);
    const attrs = call.attrs as unknown as Resize & { readonly size: readonly [number, number] };
    return resample(call.backend, images, attrs.size, maps(images.shape.slice(1, 3), attrs.size, attrs));
  });
  replace(`${name}Grad`, ({ inputs, backend, attrs }) => {
    const { images, dy } = inputs as { readonly images: tf.TensorInfo; readonly dy: tf.TensorInfo };
    const from = images.shape.slice(1, 3);
    const taps = maps(from, dy.shape.slice(1, 3), attrs as unknown as Resize);
    return resample(
      backend,
      dy,
      from,
      taps.map((t, i) => adjoint(t, from[i]!)),
    );
  });
}

/** Interpolation and repetition of points, with their gradients: core's `fused-kernels.ts` says what the fused ones do. */
export function registerResampling(): void {
  registerResize("ResizeBilinear", false);
  registerResize("ResizeNearestNeighbor", true);

  replace("RepeatPoints", ({ inputs, backend, attrs }) => {
    const { x } = inputs as { readonly x: tf.TensorInfo };
    const factors = attrs["factors"] as readonly number[];
    const from = x.shape.slice(1, -1);
    return resample(
      backend,
      x,
      from.map((n, i) => n * factors[i]!),
      from.map((n, i) => repeatTaps(n, factors[i]!)),
    );
  });
  replace("RepeatPointsGradient", ({ inputs, backend, attrs }) => {
    const { dy } = inputs as { readonly dy: tf.TensorInfo };
    const factors = attrs["factors"] as readonly number[];
    const from = factors.map((f, i) => dy.shape[1 + i]! / f);
    return resample(
      backend,
      dy,
      from,
      from.map((n, i) => adjoint(repeatTaps(n, factors[i]!), n)),
    );
  });

  interface Linear {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly alignCorners: boolean;
  }
  const maps = ({ from, to, alignCorners }: Linear): Taps[] => to.map((n, i) => linearTaps(from[i]!, n, alignCorners));
  replace("InterpolateLinear", ({ inputs, backend, attrs }) => {
    const { x } = inputs as { readonly x: tf.TensorInfo };
    const linear = attrs as unknown as Linear;
    return resample(backend, x, linear.to, maps(linear));
  });
  replace("InterpolateLinearGradient", ({ inputs, backend, attrs }) => {
    const { dy } = inputs as { readonly dy: tf.TensorInfo };
    const linear = attrs as unknown as Linear;
    return resample(
      backend,
      dy,
      linear.from,
      maps(linear).map((t, i) => adjoint(t, linear.from[i]!)),
    );
  });
}
