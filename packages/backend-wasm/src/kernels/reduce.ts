import * as tf from "@tensorflow/tfjs-core";
import { asWord, engine, Kernel } from "../engine.ts";
import { address, allocate, type KernelCall, original, release, replace, zeros } from "../heap.ts";

interface Attrs {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

const size = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Sum or mean of float32 over any axes: neighbouring ones in one pass, from the last group to the first. */
const reduce =
  (name: string, mean: boolean) =>
  (call: KernelCall<"x", Attrs>): tf.TensorInfo => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (x.dtype !== "float32") return original(name)(call as never);
    const axes = new Set(tf.util.parseAxisParam(attrs.axis ?? x.shape.map((_, i) => i), x.shape));
    const kept = x.shape.flatMap((d, i) => (axes.has(i) ? (attrs.keepDims ? [1] : []) : [d]));
    const count = [...axes].reduce((n, a) => n * x.shape[a]!, 1);
    if (size(x.shape) === 0) {
      const out = zeros(backend, kept);
      if (mean && size(kept) > 0) (backend.typedArrayFromHeap(out) as Float32Array).fill(NaN);
      return out;
    }
    let shape: number[] = [...x.shape];
    let at = x;
    let factor = mean ? 1 / count : 1;
    for (let end = shape.length; end > 0; end--) {
      if (!axes.has(end - 1)) continue;
      let start = end - 1;
      while (start > 0 && axes.has(start - 1)) start--;
      const [outer, length, inner] = [
        size(shape.slice(0, start)),
        size(shape.slice(start, end)),
        size(shape.slice(end)),
      ];
      const next = allocate(backend, [outer, inner]);
      const words = [address(backend, at), address(backend, next), outer, length, inner, asWord(factor)];
      engine().run(Kernel.sum, words, outer * length * inner);
      if (at !== x) release(backend, at);
      at = next;
      factor = 1;
      shape = [...shape.slice(0, start), ...shape.slice(start, end).map(() => 1), ...shape.slice(end)];
      end = start + 1;
    }
    if (at === x) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: kept, dtype: x.dtype };
    }
    return { dataId: at.dataId, shape: kept, dtype: "float32" };
  };

export function registerReductions(): void {
  replace(tf.Sum, reduce(tf.Sum, false));
  replace(tf.Mean, reduce(tf.Mean, true));
}
