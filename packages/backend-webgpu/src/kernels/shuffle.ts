import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";
import { dispatch, output, type Shader } from "../program.ts";
import { gridOf, gridScalars, overGrid } from "./grid.ts";
import { once } from "./pass.ts";
import { type Call, replace } from "./kernel.ts";

interface Order {
  /** The offset among the new points runs slower than the channels, as in tfjs. */
  readonly outer?: boolean;
  readonly inverse?: boolean;
}

/**
 * Between `[N, …cells, C · factorᵈ]` and `[N, …cells · factor, C]`: reads and writes each number once. A thread moves the
 * points of one cell and channel: neighbours in a group have neighbouring channels, and what one thread takes from the
 * channels of its cell lies in one piece.
 *
 * @param to - the shape that comes out
 */
function shuffle(
  backend: WebGpu,
  x: tf.TensorInfo,
  to: readonly number[],
  factor: number,
  order: Order = {},
): tf.TensorInfo {
  const y = output(backend, to, x.dtype as "float32" | "int32");
  if (tf.util.sizeFromShape(y.shape) === 0) return y;
  const cells = (order.inverse ? y : x).shape;
  const channels = (order.inverse ? x : y).shape.at(-1)!;
  const dimension = cells.length - 2;
  const [depth, height, width] = [0, 1, 2].map((d) => (d + dimension < 3 ? 1 : cells[d + dimension - 2]!)) as [
    number,
    number,
    number,
  ];
  const columns = width * channels;
  const rows = cells[0]! * depth * height;
  const grid = gridOf(backend, columns, rows);
  const factors = [0, 1, 2].map((d) => (d + dimension < 3 ? 1 : factor));
  const scalars = [...grid.values, channels, height, ...factors];
  dispatch(backend, shader(order), [x, y], scalars, grid.groups);
  return y;
}

const shader = ({ outer, inverse }: Order): Shader =>
  once(`shuffle ${!!outer} ${!!inverse}`, () => ({
    // Numbers of either type are moved by their bits.
    bindings: [
      { name: "x", type: "i32" },
      { name: "y", type: "i32", written: true },
    ],
    scalars: {
      ...gridScalars,
      channels: "u32",
      height: "u32",
      factorD: "u32",
      factorH: "u32",
      factorW: "u32",
    },
    code: overGrid(`
      let offsets = scalars.factorD * scalars.factorH * scalars.factorW;
      let channel = column % scalars.channels;
      let cell = (row * scalars.columns + column - channel) * offsets;
      var packed = cell + channel${outer ? "" : " * offsets"};
      let plane = row / scalars.height;
      let height = scalars.height * scalars.factorH;
      let width = scalars.columns * scalars.factorW;
      for (var d = 0u; d < scalars.factorD; d++) {
        for (var h = 0u; h < scalars.factorH; h++) {
          let line = (plane * scalars.factorD + d) * height + (row % scalars.height) * scalars.factorH + h;
          var point = line * width + (column - channel) * scalars.factorW + channel;
          for (var w = 0u; w < scalars.factorW; w++) {
            ${inverse ? "y[packed] = x[point];" : "y[point] = x[packed];"}
            packed += ${outer ? "scalars.channels" : "1u"};
            point += scalars.channels;
          }
        }
      }`),
  }));

/** Pixel shuffles: core's `fused-kernels.ts` says what the fused ones do. */
export function registerShuffles(): void {
  replace("PixelShuffle", ({ inputs, backend, attrs }) => {
    const { x } = inputs as { readonly x: tf.TensorInfo };
    const factor = attrs["factor"] as number;
    const spatial = x.shape.slice(1, -1);
    const channels = x.shape.at(-1)! / factor ** spatial.length;
    return shuffle(backend, x, [x.shape[0]!, ...spatial.map((n) => n * factor), channels], factor);
  });
  replace("PixelUnshuffle", ({ inputs, backend, attrs }) => {
    const { x } = inputs as { readonly x: tf.TensorInfo };
    const factor = attrs["factor"] as number;
    const spatial = x.shape.slice(1, -1);
    const channels = x.shape.at(-1)! * factor ** spatial.length;
    const to = [x.shape[0]!, ...spatial.map((n) => n / factor), channels];
    return shuffle(backend, x, to, factor, { inverse: true });
  });
  const other = tf.getKernel("DepthToSpace", backendName).kernelFunc as unknown as (call: Call) => tf.TensorInfo;
  replace("DepthToSpace", (call) => {
    const { x } = call.inputs as { readonly x: tf.TensorInfo };
    if (call.attrs["dataFormat"] !== "NHWC") return other(call);
    const factor = call.attrs["blockSize"] as number;
    const [n, height, width, depth] = x.shape as [number, number, number, number];
    return shuffle(call.backend, x, [n, height * factor, width * factor, depth / factor ** 2], factor, { outer: true });
  });
}
