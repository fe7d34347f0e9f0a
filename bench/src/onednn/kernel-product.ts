import { util } from "@tensorflow/tfjs-core";

type Shaped = { readonly shape: readonly number[] };

/** The matrix product that one call of a kernel comes down to. */
export interface KernelProduct {
  /** Output positions and the kernel, or the two matrices, for people. */
  readonly shape: string;
  /** Floating-point operations, two for each multiply-add. */
  readonly operations: number;
}

const sizeOf = ({ shape }: Shaped): number => util.sizeFromShape([...shape]);

/**
 * What a convolution, either of its gradients or a matrix product computes, by its tensors' shapes. Depthwise convolutions
 * and all other kernels: undefined.
 */
export function kernelProduct(
  kernelName: string,
  inputs: Readonly<Record<string, Shaped | undefined>>,
  attributes: Readonly<Record<string, unknown>>,
  output: Shaped,
): KernelProduct | undefined {
  if (/^(Fused)?Conv[23]D/.test(kernelName)) {
    const filter = inputs["filter"]?.shape ?? (attributes["filterShape"] as readonly number[]);
    const out = inputs["dy"] ?? output;
    const positions = sizeOf(out) / filter.at(-1)!;
    return {
      shape: `${positions} × [${filter.join(", ")}]`,
      operations: 2 * positions * util.sizeFromShape([...filter]),
    };
  }
  if (kernelName === "BatchMatMul" || kernelName === "_FusedMatMul") {
    const [a, b] = [inputs["a"]!, inputs["b"]!];
    const inner = a.shape.at(attributes["transposeA"] ? -2 : -1)!;
    return { shape: `[${a.shape.join(", ")}] × [${b.shape.join(", ")}]`, operations: 2 * sizeOf(output) * inner };
  }
  return undefined;
}
