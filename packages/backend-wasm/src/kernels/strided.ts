import type * as tf from "@tensorflow/tfjs-core";
import { engine, Kernel } from "../engine.ts";
import type { Wasm } from "../heap.ts";

/** One dimension of a copy: how many, and the distance of neighbours in the source and in the target, in elements. */
export interface Step {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
}

/** Distances of neighbours in a C-contiguous array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1]! * shape[d + 1]!;
  return strides;
}

const most = 6;

/** The fewest steps that mean the same: without those of one, and with neighbours joined that go on where the next ends. */
export function simplify(steps: readonly Step[]): Step[] {
  const out: Step[] = [];
  for (const step of steps) {
    if (step.extent === 1) continue;
    const last = out.at(-1);
    if (last && last.from === step.extent * step.from && last.to === step.extent * step.to)
      out[out.length - 1] = { extent: last.extent * step.extent, from: step.from, to: step.to };
    else out.push(step);
  }
  return out;
}

/** Copies 4-byte elements; `from` and `to` are addresses. At most six steps after {@link simplify}. */
export function copyStrided(from: number, to: number, steps: readonly Step[]): void {
  const used = simplify(steps);
  if (used.length > most) throw new Error(`a copy of ${used.length} dimensions`);
  const all = [...Array.from({ length: most - used.length }, () => ({ extent: 1, from: 0, to: 0 })), ...used];
  const count = all.reduce((n, s) => n * s.extent, 1);
  if (count === 0) return;
  engine().run(
    Kernel.copy,
    [from, to, ...all.map((s) => s.extent), ...all.map((s) => s.from), ...all.map((s) => s.to)],
    2 * count,
  );
}

/** Elements of four bytes, which the copies here move as they are. */
export const wide = (...tensors: readonly tf.TensorInfo[]): boolean =>
  tensors.every((t) => t.dtype === "float32" || t.dtype === "int32");

/** A new tensor of another's type, with undefined content. */
export const output = (backend: Wasm, shape: readonly number[], like: tf.TensorInfo): tf.TensorInfo =>
  backend.makeOutput([...shape], like.dtype);
