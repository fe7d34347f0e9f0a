import * as tf from "@tensorflow/tfjs-core";
import { backendName } from "../backend.ts";
import { output } from "../program.ts";
import { forEach } from "./elements.ts";
import { type Call, replace } from "./kernel.ts";
import type { Pass } from "./pass.ts";

/** A dimension, or several that are not padded and lie within one, as one. */
interface Side {
  size: number;
  before: number;
  padded: number;
}

function sidesOf(shape: readonly number[], paddings: readonly (readonly [number, number])[]): Side[] {
  const sides: Side[] = [];
  let inner = true;
  for (let d = shape.length - 1; d >= 0; d--) {
    const [before, after] = paddings[d]!;
    const last = sides[0];
    const size = shape[d]!;
    // What is not padded itself joins what is outside it.
    if (last && inner) {
      sides[0] = { size: size * last.size, before: before * last.size, padded: (before + size + after) * last.size };
    } else sides.unshift({ size, before, padded: before + size + after });
    inner = before === 0 && after === 0 && sides[0]!.size === sides[0]!.padded;
  }
  return sides;
}

const passes = new Map<string, Pass>();

/** Copies to where an element comes from, of so many dimensions; sizes are scalars, so that one shader serves all shapes. */
function passOf(rank: number, integers: boolean): Pass {
  const key = `pad/${rank}/${integers}`;
  const known = passes.get(key);
  if (known) return known;
  const dimensions = Array.from({ length: rank }, (_, d) => d).reverse();
  const pass: Pass = {
    key,
    integers,
    tensors: { input: "read", result: "written" },
    scalars: {
      value: integers ? "i32" : "f32",
      ...Object.fromEntries(
        dimensions.flatMap((d) => [`size${d}`, `before${d}`, `padded${d}`]).map((name) => [name, "u32" as const]),
      ),
    },
    code: `fn each(at: u32) {
      var rest = at;
      var source = 0u;
      var stride = 1u;
      var inside = true;
      ${dimensions
        .map(
          (d) => `{
        let i = rest % scalars.padded${d} - scalars.before${d};
        inside = inside && i < scalars.size${d};
        source += i * stride;
        stride *= scalars.size${d};
        rest /= scalars.padded${d};
      }`,
        )
        .join("\n")}
      if (inside) { result[at] = input[source]; } else { result[at] = T(scalars.value); }
    }`,
  };
  passes.set(key, pass);
  return pass;
}

/** Padding of any number of dimensions, of which tfjs's own shader takes four. */
export function registerPad(): void {
  const others = tf.getKernel("PadV2", backendName)!.kernelFunc;
  replace("PadV2", (call: Call) => {
    const { backend, inputs } = call;
    const x = inputs.x!;
    const { paddings, constantValue } = call.attrs as unknown as {
      readonly paddings: readonly (readonly [number, number])[];
      readonly constantValue: number;
    };
    const still = paddings.every(([before, after]) => before === 0 && after === 0);
    if (still || x.shape.includes(0) || x.dtype === "string" || x.dtype === "complex64")
      return others(call as never) as tf.TensorInfo;
    const y = output(
      backend,
      x.shape.map((size, d) => paddings[d]![0] + size + paddings[d]![1]),
      x.dtype,
    );
    const sides = sidesOf(x.shape, paddings);
    const inner = sides.at(-1)!;
    const four = x.dtype === "float32" && [inner.size, inner.before, inner.padded].every((n) => n % 4 === 0);
    const by = four ? 4 : 1;
    const scalars = sides
      .map((side, d) =>
        d === sides.length - 1
          ? [side.size / by, side.before / by, side.padded / by]
          : [side.size, side.before, side.padded],
      )
      .reverse()
      .flat();
    const pass = passOf(sides.length, x.dtype !== "float32");
    forEach(backend, pass, [x, y], [constantValue, ...scalars], tf.util.sizeFromShape(y.shape), four ? 4 : 1);
    return y;
  });
}
