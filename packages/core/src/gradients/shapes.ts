import * as tf from "@tensorflow/tfjs-core";
import { reduceTo } from "./common.ts";

type Pairs = [number, number][];

/** `dy` of a tensor repeated along its axes, added up. */
function untile(dy: tf.Tensor, shape: readonly number[], reps: readonly number[]): tf.Tensor {
  let at = dy;
  for (const [axis, count] of reps.entries()) {
    if (count === 1) continue;
    const before = at.shape.slice(0, axis);
    const after = at.shape.slice(axis + 1);
    const size = (dims: number[]): number => dims.reduce((n, d) => n * d, 1);
    const parts = tf.reshape(at, [size(before), count, shape[axis]! * size(after)]);
    at = tf.reshape(tf.sum(parts, 1), [...before, shape[axis]!, ...after]);
  }
  return at === dy ? tf.clone(dy) : at;
}

/** Kernels that move, repeat, cut or join. */
export const shapes: readonly tf.GradConfig[] = [
  {
    kernelName: tf.Reshape,
    inputsToSave: ["x"],
    gradFunc: (dy, saved) => ({ x: () => tf.reshape(dy as tf.Tensor, saved[0]!.shape) }),
  },
  {
    kernelName: tf.ExpandDims,
    inputsToSave: ["input"],
    gradFunc: (dy, saved) => ({ input: () => tf.reshape(dy as tf.Tensor, saved[0]!.shape) }),
  },
  {
    kernelName: tf.Transpose,
    gradFunc: (dyAny, _, attributes) => {
      const dy = dyAny as tf.Tensor;
      const perm = (attributes as { perm?: number[] }).perm ?? dy.shape.map((_d, i) => dy.rank - 1 - i);
      return {
        x: () =>
          tf.transpose(
            dy,
            perm.map((_d, i) => perm.indexOf(i)),
          ),
      };
    },
  },
  {
    kernelName: tf.Concat,
    saveAllInputs: true,
    gradFunc: (dyAny, saved, attributes) => {
      const dy = dyAny as tf.Tensor;
      const axis = tf.util.parseAxisParam((attributes as { axis: number }).axis, dy.shape)[0]!;
      let start = 0;
      return Object.fromEntries(
        saved.map((input, i) => {
          const begin = dy.shape.map(() => 0);
          begin[axis] = start;
          start += input.shape[axis]!;
          return [i, () => tf.slice(dy, begin, input.shape)];
        }),
      );
    },
  },
  {
    kernelName: tf.SplitV,
    gradFunc: (dy, _, attributes) => ({ x: () => tf.concat(dy as tf.Tensor[], (attributes as { axis: number }).axis) }),
  },
  {
    kernelName: tf.Pack,
    gradFunc: (dy, _, attributes) => {
      const { axis } = attributes as { axis: number };
      const count = (dy as tf.Tensor).shape.at(axis)!;
      return Object.fromEntries(
        Array.from({ length: count }, (_d, i) => [i, () => tf.unstack(dy as tf.Tensor, axis)[i]!]),
      );
    },
  },
  {
    kernelName: tf.Unpack,
    gradFunc: (dy, _, attributes) => ({
      value: () => tf.stack(dy as tf.Tensor[], (attributes as { axis: number }).axis),
    }),
  },
  {
    kernelName: tf.Slice,
    inputsToSave: ["x"],
    gradFunc: (dyAny, saved, attributes) => {
      const dy = dyAny as tf.Tensor;
      const { begin } = attributes as { begin: number | number[] };
      const from = typeof begin === "number" ? [begin] : begin;
      return {
        x: () =>
          tf.pad(
            dy,
            saved[0]!.shape.map((d, i): [number, number] => [from[i] ?? 0, d - (from[i] ?? 0) - dy.shape[i]!]),
          ),
      };
    },
  },
  {
    kernelName: tf.PadV2,
    gradFunc: (dyAny, _, attributes) => {
      const dy = dyAny as tf.Tensor;
      const { paddings } = attributes as { paddings: Pairs };
      return {
        x: () =>
          tf.slice(
            dy,
            paddings.map((p) => p[0]),
            dy.shape.map((d, i) => d - paddings[i]![0] - paddings[i]![1]),
          ),
      };
    },
  },
  {
    kernelName: tf.Tile,
    inputsToSave: ["x"],
    gradFunc: (dy, saved, attributes) => ({
      x: () => untile(dy as tf.Tensor, saved[0]!.shape, (attributes as { reps: number[] }).reps),
    }),
  },
  {
    kernelName: tf.BroadcastTo,
    inputsToSave: ["x"],
    gradFunc: (dy, saved) => ({ x: () => reduceTo(saved[0]!.shape, dy as tf.Tensor) }),
  },
  {
    kernelName: tf.Reverse,
    gradFunc: (dy, _, attributes) => ({
      x: () => tf.reverse(dy as tf.Tensor, (attributes as { dims: number | number[] }).dims),
    }),
  },
  {
    kernelName: tf.SpaceToBatchND,
    gradFunc: (dy, _, attributes) => {
      const { blockShape, paddings } = attributes as { blockShape: number[]; paddings: Pairs };
      return { x: () => tf.batchToSpaceND(dy as tf.Tensor, blockShape, paddings) };
    },
  },
  {
    kernelName: tf.BatchToSpaceND,
    gradFunc: (dy, _, attributes) => {
      const { blockShape, crops } = attributes as { blockShape: number[]; crops: Pairs };
      return { x: () => tf.spaceToBatchND(dy as tf.Tensor, blockShape, crops) };
    },
  },
  {
    kernelName: tf.GatherV2,
    inputsToSave: ["x", "indices"],
    gradFunc: (dyAny, saved, attributes) => {
      const [x, indices] = saved as [tf.Tensor, tf.Tensor1D];
      const axis = tf.util.parseAxisParam((attributes as { axis: number }).axis, x.shape)[0]!;
      return {
        x: () => {
          // Scatter along the first axis: the gathered axes come to the front, and go back afterwards.
          const dy = dyAny as tf.Tensor;
          const before = x.shape.slice(0, axis).reduce((n, d) => n * d, 1);
          const after = x.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
          const front = tf.transpose(tf.reshape(dy, [before, indices.size, after]), [1, 0, 2]);
          const sums = tf.unsortedSegmentSum(front, tf.reshape(indices, [indices.size]), x.shape[axis]!);
          return tf.reshape(tf.transpose(sums, [1, 0, 2]), x.shape);
        },
        indices: () => tf.zeros(indices.shape),
      };
    },
  },
];
