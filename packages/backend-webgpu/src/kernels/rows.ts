import type * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { dispatch, output, type Shader } from "../program.ts";
import { bindingsOf, groupThreads, isNan, once, type Pass } from "./pass.ts";

/** A tensor as `[segments, rows, channels]`, of which the rows are reduced. */
export interface Rows {
  readonly segments: number;
  readonly rows: number;
  readonly channels: number;
}

/** How two are made one, in WGSL; all of them can be done in any order. */
export interface Reduction {
  readonly name: string;
  readonly combine: string;
  /** What changes nothing, in `T`. Absent where an element may be taken twice. */
  readonly identity?: string;
}

export const sum: Reduction = { name: "sum", combine: "a + b", identity: "T(0)" };

type Dtype = "float32" | "int32" | "bool";

/** A pass over all elements with `fn term(at: u32, segment: u32, channel: u32) -> T`, whose results are reduced. */
export interface RowPass extends Pass {
  /** What `T` and the result are. Default float32 */
  readonly dtype?: Dtype;
}

const plain: RowPass = {
  key: "plain",
  tensors: { x: "read" },
  code: "fn term(at: u32, segment: u32, channel: u32) -> T { return x[at]; }",
};

/** Rows that a thread reduces one after the other, at least, where there are as many. */
const least = 8;
/** Groups that keep the largest cards busy. */
const enough = 2048;

const powerFrom = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/**
 * Reduces rows: threads of a group lie along channels, so that neighbours read neighbouring addresses, then along rows,
 * then, where rows are few, along segments. Many rows are parted among groups, and what those are left with is reduced
 * again; the order depends on sizes alone. Memory is read once.
 *
 * @param tensors - those of the pass
 * @param factor - of sums of floats
 * @returns `[segments, channels]`, of the given shape
 */
export function reduceRows(
  backend: WebGpu,
  reduction: Reduction,
  pass: RowPass,
  tensors: readonly tf.TensorInfo[],
  scalars: readonly number[],
  { segments, rows, channels }: Rows,
  shape: readonly number[],
  factor = 1,
): tf.TensorInfo {
  const dtype = pass.dtype ?? "float32";
  const four = dtype === "float32" && channels % 4 === 0;
  const wide = four ? channels / 4 : channels;
  const along = Math.min(64, powerFrom(wide));
  const down = Math.min(groupThreads / along, powerFrom(Math.ceil(rows / 4)));
  const across = groupThreads / along / down;
  const tiles = Math.ceil(wide / along) * Math.ceil(segments / across);
  const wanted = Math.min(Math.ceil(rows / (down * least)), Math.ceil(enough / tiles));
  const chunk = down * Math.ceil(rows / Math.max(1, wanted) / down);
  const chunks = Math.ceil(rows / chunk);

  const result = output(backend, chunks === 1 ? shape : [segments, chunks, channels], dtype);
  const shader = shaderOf(reduction, pass, dtype, four, along, down);
  const sizes = [segments, rows, wide, chunk, chunks, chunks === 1 ? factor : 1];
  const groups = tiles * chunks;
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  const grid = [Math.min(groups, most), Math.ceil(groups / most), 1] as const;
  dispatch(backend, shader, [...tensors, result], [...scalars, ...sizes], grid);
  if (chunks === 1) return result;
  const again = { segments, rows: chunks, channels };
  const reduced = reduceRows(backend, reduction, { ...plain, dtype }, [result], [], again, shape, factor);
  backend.disposeData(result.dataId);
  return reduced;
}

function shaderOf(
  { name, combine, identity }: Reduction,
  pass: RowPass,
  dtype: Dtype,
  four: boolean,
  along: number,
  down: number,
): Shader {
  const type = dtype !== "float32" ? "i32" : four ? "vec4<f32>" : "f32";
  const across = groupThreads / along / down;
  return once(`rows/${name}/${pass.key}/${type}/${along}/${down}`, () => ({
    bindings: [...bindingsOf(pass.tensors, type), { name: "reduced", type, written: true }],
    scalars: {
      ...pass.scalars,
      segments: "u32",
      rows: "u32",
      channels: "u32",
      chunk: "u32",
      chunks: "u32",
      factor: "f32",
    },
    code: `alias T = ${type};
      ${nanOf(type)}
      ${pass.code}
      fn combine(a: T, b: T) -> T { return ${combine}; }
      var<workgroup> parts: array<T, ${groupThreads}>;
      @compute @workgroup_size(${groupThreads})
      fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
        let group = id.x + id.y * groups.x;
        let tiles = (scalars.channels + ${along - 1}u) / ${along}u;
        let block = group / tiles;
        let channel = (group % tiles) * ${along}u + thread % ${along}u;
        let row = thread / ${along}u % ${down}u;
        let segment = block / scalars.chunks * ${across}u + thread / ${along * down}u;
        let part = block % scalars.chunks;
        let inside = segment < scalars.segments && channel < scalars.channels;
        var own = ${identity ?? "T(0)"};
        if (inside) {
          ${identity ? "" : "own = term((segment * scalars.rows + part * scalars.chunk) * scalars.channels + channel, segment, channel);"}
          let end = min(scalars.rows, (part + 1u) * scalars.chunk);
          for (var r = part * scalars.chunk + row; r < end; r += ${down}u) {
            own = combine(own, term((segment * scalars.rows + r) * scalars.channels + channel, segment, channel));
          }
        }
        parts[thread] = own;
        workgroupBarrier();
        for (var step = ${Math.floor(down / 2)}u; step > 0u; step /= 2u) {
          if (row < step) { parts[thread] = combine(parts[thread], parts[thread + step * ${along}u]); }
          workgroupBarrier();
        }
        if (inside && row == 0u) {
          reduced[(segment * scalars.chunks + part) * scalars.channels + channel] = parts[thread]${name === "sum" && dtype === "float32" ? " * scalars.factor" : ""};
        }
      }`,
  }));
}

/** WGSL: which numbers are none; see {@link isNan}. */
const nanOf = (type: "f32" | "i32" | "vec4<f32>"): string => {
  if (type === "f32") return isNan;
  if (type === "i32") return "fn isNan(x: i32) -> bool { return false; }";
  return `fn isNan(x: vec4<f32>) -> vec4<bool> {
    return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
  }`;
};

/** Reduces the elements themselves. */
export const reduceElements = (
  backend: WebGpu,
  reduction: Reduction,
  x: tf.TensorInfo,
  rows: Rows,
  shape: readonly number[],
  dtype: Dtype,
  factor = 1,
): tf.TensorInfo => reduceRows(backend, reduction, { ...plain, dtype }, [x], [], rows, shape, factor);
