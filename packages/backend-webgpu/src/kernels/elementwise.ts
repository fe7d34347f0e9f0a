import * as tf from "@tensorflow/tfjs-core";
import { backendName } from "../backend.ts";
import { output } from "../program.ts";
import { forEach } from "./elements.ts";
import { type Call, replace } from "./kernel.ts";
import type { Pass } from "./pass.ts";
import { functions } from "./unary-functions.ts";

/** Attributes of tfjs's kernels that become the scalars `p` and `q`. */
interface Attrs {
  readonly alpha?: number;
  readonly clipValueMin?: number;
  readonly clipValueMax?: number;
}

/** Functions of single values: one pass, of four elements a thread where it can be. */
export function registerElementwise(): void {
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

/** WGSL. What is no number is looked for in the bits: compilers take it that comparisons never meet one. */
const prelude = "fn magnitude(x: T) -> U { return bitcast<U>(x) & U(0x7fffffffu); }";
