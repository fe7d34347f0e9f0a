import * as tf from "@tensorflow/tfjs-core";
import { output } from "../program.ts";
import { forEach, zeros } from "./elements.ts";
import { type Call, replace } from "./kernel.ts";
import { reduceRows, type RowPass, sum } from "./rows.ts";

/** Derivatives by the activation's own value `v`. */
const slopes = {
  linear: "T(1)",
  relu: "select(T(0), T(1), v > T(0))",
  relu6: "select(T(0), T(1), (v > T(0)) & (v < T(6)))",
  sigmoid: "v * (T(1) - v)",
  elu: "select(v + T(1), T(1), v > T(0))",
  leakyrelu: "select(T(scalars.slope), T(1), v > T(0))",
} as const;

interface Attrs {
  readonly activation: keyof typeof slopes;
  readonly slope?: number;
  readonly wantsInput: boolean;
  readonly wantsBias: boolean;
}

/** The passes of an activation, which write `dy · f′` or leave it, and have `each` for no sum and `term` for one. */
function passOf(activation: keyof typeof slopes, writes: boolean): RowPass {
  const linear = activation === "linear";
  return {
    key: `activation/${activation}/${writes}`,
    tensors: { dy: "read", ...(!linear && { y: "read" }), ...(writes && { d: "written" }) },
    scalars: { slope: "f32" },
    code: `fn term(at: u32, segment: u32, channel: u32) -> T {
        ${linear ? "let g = dy[at];" : `let v = y[at]; let g = dy[at] * ${slopes[activation]};`}
        ${writes ? "d[at] = g;" : ""}
        return g;
      }
      fn each(at: u32) { _ = term(at, 0u, 0u); }`,
  };
}
const passes = new Map<string, RowPass>();

/**
 * `ActivationGradient` of core's fused kernels. Every element of `dy` and `y` is read once and each of the result written
 * once; the sums of a bias are formed on the way.
 */
export function registerActivationGradient(): void {
  replace("ActivationGradient", ({ inputs, backend, attrs }: Call) => {
    const { activation, slope = 0, wantsInput, wantsBias } = attrs as unknown as Attrs;
    const { dy, y } = inputs;
    const shape = dy!.shape;
    const channels = shape.at(-1)!;
    const size = tf.util.sizeFromShape(shape);
    const kind = y ? activation : "linear";
    const key = `${kind}/${wantsInput}`;
    const pass = passes.get(key) ?? passOf(kind, wantsInput);
    passes.set(key, pass);
    const d = wantsInput ? output(backend, shape) : undefined;
    const tensors = [dy!, ...(kind === "linear" ? [] : [y!]), ...(d ? [d] : [])];
    if (!wantsBias) {
      forEach(backend, pass, tensors, [slope], size);
      return [d!];
    }
    if (size === 0) return [...(d ? [d] : []), zeros(backend, [channels])];
    const rows = { segments: 1, rows: size / channels, channels };
    const sums = reduceRows(backend, sum, pass, tensors, [slope], rows, [channels]);
    return d ? [d, sums] : [sums];
  });
}
