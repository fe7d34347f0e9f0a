import type { Shader } from "../program.ts";
import { depth } from "./gemm-tiles.ts";
import { remembered } from "./remembered.ts";

export type Side = "left" | "right";

/**
 * One factor of a product: how its elements are found. An element has an outer index (row of the left factor, column of
 * the right one) and an inner one (that is summed over); four neighbours along one of them are read together. The WGSL
 * has, for `side` = `left` or `right` and states of its own kinds:
 *
 * - `fn <side>Outer(index: u32)` and `fn <side>Inner(index: u32)`: the state of an index, found with divisions;
 * - `fn <side>Next(inner)`: the state of the inner index that is `depth` further on;
 * - `fn <side>Load(outer, inner) -> vec4<f32>`: four neighbours that start there, zero beyond the edges.
 */
export interface Factor {
  readonly key: string;
  readonly along: "outer" | "inner";
  /** Whether four neighbours are one element of the binding, of the name of the side. */
  readonly wide: boolean;
  readonly scalars: Shader["scalars"];
  readonly code: string;
}

/**
 * A factor that lies in memory as a matrix, from `<side>Base` on.
 *
 * @param along - `inner`: rows of the left factor, columns of the right one are contiguous; `outer`: the other way round
 */
export const matrix = remembered((side: Side, along: Factor["along"], wide: boolean): Factor => {
  const limit = side === "left" ? "scalars.rows" : "scalars.columns";
  const [slow, fast, fastLimit] = along === "inner" ? ["outer", "inner", "scalars.inner"] : ["inner", "outer", limit];
  const at = (i: number): string => `select(0.0, ${side}[at + ${i}u], ${fast} + ${i}u < ${fastLimit})`;
  const four = wide ? `${side}[at >> 2u]` : `vec4(${[0, 1, 2, 3].map(at).join(", ")})`;
  return {
    key: `matrix ${along} ${wide}`,
    along,
    wide,
    scalars: {},
    code: `
    var<private> ${side}Base = 0u;
    fn ${side}Outer(index: u32) -> u32 { return index; }
    fn ${side}Inner(index: u32) -> u32 { return index; }
    fn ${side}Next(inner: u32) -> u32 { return inner + ${depth}u; }
    fn ${side}Load(outer: u32, inner: u32) -> vec4<f32> {
      if (outer >= ${limit} || inner >= scalars.inner) { return vec4(0.0); }
      let at = ${side}Base + ${slow} * ${fastLimit} + ${fast};
      return ${four};
    }`,
  };
});
