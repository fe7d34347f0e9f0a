import { sizeOf } from "@spectrai/core";
import type { ParameterScope } from "./parameter-scope.ts";

/**
 * How many trainable values a network has, without making them: the network is laid out in a scope that only counts, so that
 * one too large for this machine can be sized as well.
 *
 * @param build - lays out the network under the scope it is given; what it returns must not be applied
 */
export function networkSize(build: (scope: ParameterScope) => unknown): number {
  let count = 0;
  const scope = (path: string): ParameterScope => ({
    path,
    parameters: [],
    at: (...names) => scope([path, ...names].filter((n) => n !== "").join(".")),
    parameter: (_name, shape) => {
      count += sizeOf(shape);
      return {} as ReturnType<ParameterScope["parameter"]>;
    },
    buffer: () => ({}) as ReturnType<ParameterScope["buffer"]>,
    dispose: () => {},
  });
  build(scope(""));
  return count;
}
