import type { WebGpu } from "./backend.ts";
import type { CompiledShader, Shader } from "./program.ts";

/** How many are kept; with one more, all are made anew. Steps of the largest networks order some thousands of shaders. */
const mostGroups = 16_384;
const mostUniforms = 4096;

/**
 * What shaders are bound to. From step to step a training orders the same shaders on the same buffers with the same sizes: to
 * bind them takes ten times as long as to order them, and is done once.
 */
export class Bindings {
  private readonly groups = new Map<string, GPUBindGroup>();
  private readonly uniforms = new Map<string, GPUBuffer>();
  private readonly backend: WebGpu;

  constructor(backend: WebGpu) {
    this.backend = backend;
  }

  /** @param buffers - at the shader's bindings 0, 1, … */
  group({ layout, number }: CompiledShader, buffers: readonly GPUBuffer[]): GPUBindGroup {
    let key = `${number}`;
    for (const buffer of buffers) key += `,${this.backend.buffers.numberOf(buffer)}`;
    const known = this.groups.get(key);
    if (known) return known;
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const group = this.backend.device.createBindGroup({ layout, entries });
    if (this.groups.size >= mostGroups) this.groups.clear();
    this.groups.set(key, group);
    return group;
  }

  /**
   * A buffer of a shader's scalars.
   *
   * @param done - takes the buffers that are free once everything ordered so far is done
   */
  uniform({ types }: CompiledShader, { passing }: Shader, values: readonly number[], done: GPUBuffer[]): GPUBuffer {
    values.forEach((value, i) => {
      if (types[i] === "f32") floats[i] = value;
      else words[i] = value;
    });
    const size = 16 * Math.ceil(values.length / 4);
    if (passing) {
      const buffer = this.written(size);
      done.push(buffer);
      return buffer;
    }
    const key = words.subarray(0, values.length).join();
    const known = this.uniforms.get(key);
    if (known) return known;
    if (this.uniforms.size >= mostUniforms) {
      done.push(...this.uniforms.values());
      this.uniforms.clear();
    }
    const buffer = this.written(size);
    this.uniforms.set(key, buffer);
    return buffer;
  }

  private written(size: number): GPUBuffer {
    const buffer = this.backend.buffers.acquireBuffer(size, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    this.backend.queue.writeBuffer(buffer, 0, words.buffer, 0, size);
    return buffer;
  }
}

/** The scalars of a call, by their bits. */
const words = new Uint32Array(256);
const floats = new Float32Array(words.buffer);
