import * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "./backend.ts";

/** What a shader sees of a tensor: float32 is `f32`; int32 and bool are `i32`. */
export interface Binding {
  readonly name: string;
  readonly type: "f32" | "i32" | "vec4<f32>" | "vec4<i32>";
  /** Absent = it is only read. */
  readonly written?: boolean;
}

/** A compute shader of ours; the text of its bindings is made from what is listed here. */
export interface Shader {
  /** Names its pipeline: shaders of equal key are equal. */
  readonly key: string;
  /** The tensors, in the order in which they are given to {@link dispatch}. */
  readonly bindings: readonly Binding[];
  /** Names and types of numbers that differ from call to call, as `scalars.name`. */
  readonly scalars: Readonly<Record<string, "u32" | "i32" | "f32">>;
  /** WGSL: functions, and `@compute @workgroup_size(…) fn main(…)`. `flat(id, groups)` is an index that runs over all groups. */
  readonly code: string;
  /** Threads in a group, along x: what `flat` counts with. Default 64. */
  readonly threads?: number;
  /** Whether its scalars are others in each step of a training, and not worth keeping. */
  readonly passing?: boolean;
}

/** A shader that the device can run. */
export interface CompiledShader {
  /** Tells it from others. */
  readonly number: number;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Of its scalars. */
  readonly types: readonly string[];
}

/** tfjs's private parts that its own way of running a program uses, too. */
interface Internals {
  readonly commandQueueOwnedIds: WeakSet<object>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  readonly uniformPendingDisposal: GPUBuffer[];
  readonly submitQueue: () => void;
}

export const defaultThreads = 64;

/**
 * Orders a shader to run; it does so when the queue comes to it.
 *
 * @param scalars - their values, in the order of `shader.scalars`
 * @param groups - how many groups of threads, along x, y and z; for a shader that uses `flat`, see {@link groupsFor}
 */
export function dispatch(
  backend: WebGpu,
  shader: Shader,
  tensors: readonly tf.TensorInfo[],
  scalars: readonly number[],
  groups: readonly [number, number, number],
): void {
  const internals = backend as unknown as Internals;
  const compiled = compiledOf(backend, shader);
  const buffers = tensors.map(({ dataId }) => {
    backend.uploadToGPU(dataId);
    internals.commandQueueOwnedIds.add(dataId);
    return backend.tensorMap.get(dataId).resource as GPUBuffer;
  });
  if (scalars.length > 0)
    buffers.push(backend.bindings.uniform(compiled, shader, scalars, internals.uniformPendingDisposal));
  const group = backend.bindings.group(compiled, buffers);
  backend.ensureCommandEncoderReady();
  const pass = (internals.computePassEncoder ??= internals.commandEncoder!.beginComputePass());
  pass.setPipeline(compiled.pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...groups);
  internals.dispatchCountInPass++;
  if (internals.dispatchCountInPass >= tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) {
    backend.endComputePassEncoder();
    internals.submitQueue();
  }
}

/** Groups enough for one thread an item, in the shape that the device's limit on each direction asks for. */
export function groupsFor(backend: WebGpu, items: number, threads = defaultThreads): [number, number, number] {
  const groups = Math.ceil(items / threads);
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= most) return [groups, 1, 1];
  return [most, Math.ceil(groups / most), 1];
}

/** A tensor without content yet: every element is to be written by the shader that is given it. */
export const output = (backend: WebGpu, shape: readonly number[], dtype: tf.DataType = "float32"): tf.TensorInfo =>
  backend.makeTensorInfo([...shape], dtype);

function compiledOf(backend: WebGpu, shader: Shader): CompiledShader {
  const known = backend.shaders.get(shader.key);
  if (known) return known;
  const module = backend.device.createShaderModule({ code: textOf(shader), label: shader.key });
  const pipeline = backend.device.createComputePipeline({
    layout: "auto",
    compute: { module, entryPoint: "main" },
    label: shader.key,
  });
  const compiled = {
    number: backend.shaders.size,
    pipeline,
    layout: pipeline.getBindGroupLayout(0),
    types: Object.values(shader.scalars),
  };
  backend.shaders.set(shader.key, compiled);
  return compiled;
}

const textOf = ({ bindings, scalars, code, threads = defaultThreads }: Shader): string => {
  const lines = bindings.map(
    ({ name, type, written }, i) =>
      `@group(0) @binding(${i}) var<storage, ${written ? "read_write" : "read"}> ${name}: array<${type}>;`,
  );
  const fields = Object.entries(scalars).map(([name, type]) => `${name}: ${type}`);
  if (fields.length > 0)
    lines.push(
      `struct Scalars { ${fields.join(", ")} }`,
      `@group(0) @binding(${bindings.length}) var<uniform> scalars: Scalars;`,
    );
  lines.push(`fn flat(id: vec3<u32>, groups: vec3<u32>) -> u32 { return id.x + id.y * groups.x * ${threads}u; }`, code);
  return lines.join("\n");
};
