import * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { Activation } from "../native.ts";
import { type KernelCall, register } from "./kernel.ts";
import { zeros } from "./moves.ts";

interface Attrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}
interface FusedAttrs extends Attrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** The matrices of a tensor repeated so that its batch has the given shape. */
function broadcast(backend: OnednnBackend, t: tf.TensorInfo, outer: readonly number[]): tf.TensorInfo {
  const [rows, columns] = t.shape.slice(-2) as [number, number];
  const size = rows * columns;
  const own = [...Array.from({ length: outer.length - t.shape.length + 2 }, () => 1), ...t.shape.slice(0, -2)];
  const from = backend.view(t) as Float32Array;
  const to = new Float32Array(tf.util.sizeFromShape(outer as number[]) * size);
  for (let i = 0; i * size < to.length; i++) {
    let at = 0;
    let rest = i;
    let step = 1;
    for (let d = outer.length - 1; d >= 0; d--) {
      if (own[d] !== 1) at += (rest % outer[d]!) * step;
      rest = Math.floor(rest / outer[d]!);
      step *= own[d]!;
    }
    to.set(from.subarray(at * size, (at + 1) * size), i * size);
  }
  const shape = [...outer, rows, columns];
  return { dataId: backend.write(to, shape, "float32"), shape, dtype: "float32" };
}

/** A batched matrix product, batch dimensions broadcast, with an optional bias over the columns and an activation. */
export function matMul(
  backend: OnednnBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: Attrs,
  ending: { readonly bias?: tf.TensorInfo | undefined; readonly activation?: number; readonly slope?: number } = {},
): tf.TensorInfo {
  if (a.dtype !== "float32" || b.dtype !== "float32")
    throw new Error(`a matrix product takes float32 and got ${a.dtype} and ${b.dtype}`);
  const [ra, ca] = a.shape.slice(-2) as [number, number];
  const [rb, cb] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [ca, ra] : [ra, ca];
  const [inner, n] = transposeB ? [cb, rb] : [rb, cb];
  if (k !== inner)
    throw new Error(
      `matrix product of [${a.shape.join(", ")}] and [${b.shape.join(", ")}]: inner sizes ${k} and ${inner} differ`,
    );
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...outer, m, n];
  const batch = tf.util.sizeFromShape(outer);
  if (batch * m * k * n === 0) return zeros(backend, shape);
  const batches = (t: tf.TensorInfo): number => tf.util.sizeFromShape(t.shape.slice(0, -2));
  const fits = (t: tf.TensorInfo): boolean => batches(t) === 1 || batches(t) === batch;
  const [left, right] = [a, b].map((t) => (fits(t) ? t : broadcast(backend, t, outer))) as [
    tf.TensorInfo,
    tf.TensorInfo,
  ];
  const c = backend.make(shape);
  const factor = (t: tf.TensorInfo): number => (backend.bf16 ? backend.any(t) : backend.plain(t));
  // prettier-ignore
  backend.native.matmul(
    Int32Array.of(
      batches(left), batches(right), m, k, n, Number(transposeA), Number(transposeB),
      ending.activation ?? Activation.linear,
    ),
    factor(left),
    factor(right),
    ending.bias ? backend.plain(ending.bias) : -1,
    backend.any(c),
    ending.slope ?? 0,
  );
  if (left !== a) backend.free(left);
  if (right !== b) backend.free(right);
  return c;
}

export function registerMatMul(): void {
  register("BatchMatMul", ({ inputs: { a, b }, backend, attrs }: KernelCall<"a" | "b", Attrs>) =>
    matMul(backend, a, b, attrs),
  );
  register("_FusedMatMul", ({ inputs, backend, attrs }: KernelCall<"a" | "b", FusedAttrs>) => {
    const { a, b, bias, preluActivationWeights } = inputs as KernelCall<"a" | "b">["inputs"] & {
      readonly bias?: tf.TensorInfo;
      readonly preluActivationWeights?: tf.TensorInfo;
    };
    const name = attrs.activation ?? "linear";
    const activation = Activation[name as keyof typeof Activation];
    const columns = attrs.transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
    const vector = !bias || (tf.util.sizeFromShape(bias.shape) === columns && bias.shape.at(-1) === columns);
    if (activation !== undefined && vector)
      return matMul(backend, a, b, attrs, { bias, activation, slope: attrs.leakyreluAlpha ?? 0.2 });
    // A bias of another shape, or slopes from a tensor: one pass more for each.
    const step = (kernel: string, tensors: Record<string, tf.TensorInfo>, from: tf.TensorInfo): tf.TensorInfo => {
      const out = tf.getKernel(kernel, "onednn")!.kernelFunc({ inputs: tensors, backend, attrs: {} }) as tf.TensorInfo;
      backend.free(from);
      return out;
    };
    let y = matMul(backend, a, b, attrs, activation === undefined || bias ? {} : { activation });
    if (bias) y = step("Add", { a: y, b: bias }, y);
    if (name === "prelu") return step("Prelu", { x: y, alpha: preluActivationWeights! }, y);
    const kernels = { relu: "Relu", relu6: "Relu6", sigmoid: "Sigmoid", elu: "Elu", leakyrelu: "LeakyRelu" } as const;
    const kernel = kernels[name as keyof typeof kernels];
    if (!bias || kernel === undefined) return y;
    const out = tf.getKernel(kernel, "onednn")!.kernelFunc({
      inputs: { x: y },
      backend,
      attrs: { alpha: attrs.leakyreluAlpha ?? 0.2 },
    }) as tf.TensorInfo;
    backend.free(y);
    return out;
  });
}
