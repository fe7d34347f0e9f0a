import * as tf from "@tensorflow/tfjs-core";
import { backendName } from "../backend.ts";
import { output } from "../program.ts";
import { forEach } from "./elements.ts";
import { type Call, replace } from "./kernel.ts";
import type { Pass } from "./pass.ts";
import { arctangent, functions } from "./unary-functions.ts";

/** Attributes of tfjs's kernels that become the scalars `p` and `q`. */
interface Attrs {
  readonly alpha?: number;
  readonly clipValueMin?: number;
  readonly clipValueMax?: number;
}

/** Functions of single values, and angles of pairs: one pass, of four elements a thread where it can be. */
export function registerElementwise(): void {
  registerAtan2();
  for (const [name, { code, nan }] of Object.entries(functions)) {
    const pass: Pass = {
      key: `unary/${name}`,
      tensors: { input: "read", result: "written" },
      scalars: { p: "f32", q: "f32" },
      code: `${prelude}
        fn value(x: T) -> T { ${code} }
        fn each(at: u32) {
          let x = input[at];
          result[at] = ${nan ? "value(x)" : "select(value(x), x, magnitude(x) > U(0x7f800000u))"};
        }`,
    };
    const others = tf.getKernel(name, backendName)!.kernelFunc;
    const alpha = name === "LeakyRelu" ? 0.2 : 0;
    replace(name, (call: Call) => {
      const { backend } = call;
      const x = call.inputs.x!;
      if (x.dtype !== "float32") return others(call as never) as tf.TensorInfo;
      const attrs = call.attrs as Attrs | undefined;
      const y = output(backend, x.shape);
      const scalars = [attrs?.clipValueMin ?? attrs?.alpha ?? alpha, attrs?.clipValueMax ?? 0];
      forEach(backend, pass, [x, y], scalars, tf.util.sizeFromShape(x.shape));
      return y;
    });
  }
}

/** The language's own angle may be 5e-4 off. Infinities are taken for the largest number. */
const atan2: Pass = {
  key: "atan2",
  tensors: { above: "read", below: "read", result: "written" },
  code: `fn magnitude(x: T) -> U { return bitcast<U>(x) & U(0x7fffffffu); }
    fn each(at: u32) {
      let y = above[at];
      let x = below[at];
      let most = T(3.4028234e38);
      let a = min(abs(y), most) / max(min(abs(x), most), T(1.2e-38));
      ${arctangent}
      let negative = bitcast<U>(x) >> U(31u) == U(1u);
      let turned = select(angle, 3.14159265359 - angle, negative);
      let signed = select(turned, -turned, bitcast<U>(y) >> U(31u) == U(1u));
      let nothing = max(magnitude(x), magnitude(y)) > U(0x7f800000u);
      result[at] = select(signed, bitcast<T>(max(magnitude(x), magnitude(y))), nothing);
    }`,
};

function registerAtan2(): void {
  const others = tf.getKernel("Atan2", backendName)!.kernelFunc;
  replace("Atan2", (call: Call) => {
    const { backend, inputs } = call;
    const { a, b } = inputs;
    const plain = a!.dtype === "float32" && b!.dtype === "float32" && tf.util.arraysEqual(a!.shape, b!.shape);
    if (!plain) return others(call as never) as tf.TensorInfo;
    const angles = output(backend, a!.shape);
    forEach(backend, atan2, [a!, b!, angles], [], tf.util.sizeFromShape(a!.shape));
    return angles;
  });
}

/** WGSL. What is no number is looked for in the bits: compilers take it that comparisons never meet one. */
const prelude = "fn magnitude(x: T) -> U { return bitcast<U>(x) & U(0x7fffffffu); }";
