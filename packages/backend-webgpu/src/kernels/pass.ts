import type { Binding, Shader } from "../program.ts";

/**
 * What a shader does with each element, in WGSL of a type `T`: `f32`, or `vec4<f32>` where four neighbours can be taken at
 * a time (and `U` and `I` of `u32` and `i32`), which asks for a number of elements (or channels) that four divides.
 */
export interface Pass {
  /** Names its pipelines. */
  readonly key: string;
  /** The tensors, in the order in which they are given: arrays of `T` that are read or written, or of `f32` or `i32` to read. */
  readonly tensors: Readonly<Record<string, "read" | "written" | "numbers" | "integers">>;
  /** Numbers that differ from call to call. */
  readonly scalars?: Shader["scalars"];
  readonly passing?: Shader["passing"];
  /** Whether it takes one element at a time only. */
  readonly single?: boolean;
  /** Whether `T` is `i32`; then it takes one element at a time. */
  readonly integers?: boolean;
  readonly code: string;
}

/** Threads in a group: of every device, and enough to hide the time that memory takes. */
export const groupThreads = 256;

export const bindingsOf = (tensors: Pass["tensors"], type: Binding["type"]): Binding[] =>
  Object.entries(tensors).map(([name, use]) => ({
    name,
    type: use === "numbers" ? "f32" : use === "integers" ? "i32" : type,
    written: use === "written",
  }));

export const typeOf = (four: boolean): "vec4<f32>" | "f32" => (four ? "vec4<f32>" : "f32");

const shaders = new Map<string, Shader>();

/** The shader of a key, written when it is first wanted. */
export function once(key: string, write: () => Omit<Shader, "key">): Shader {
  const known = shaders.get(key);
  if (known) return known;
  const shader = { key, ...write() };
  shaders.set(key, shader);
  return shader;
}

/** Whether a float is no number. Compilers take it that comparisons never meet one, so that its bits are looked at. */
export const isNan = `fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`;
