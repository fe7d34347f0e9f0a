import { SpectraiError } from "@spectrai/core";

/** The smallest that may be bound as an array of four numbers each. */
const smallest = 16;

/**
 * The device's buffers, kept for the next tensors of the same size: takes the place of tfjs's BufferManager, which keeps
 * them without bound and asks for buffers of any size. Of several that are free the first made is taken, so that the same
 * step of a training finds the same buffers again, in whatever order they were given back.
 */
export class Buffers {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  /** The first made last. */
  private readonly free = new Map<string, GPUBuffer[]>();
  private readonly used = new Set<GPUBuffer>();
  private readonly numbers = new WeakMap<GPUBuffer, number>();
  private next = 0;
  private readonly device: GPUDevice;
  private readonly kept: number;

  /** @param kept - bytes of free buffers that may be kept */
  constructor(device: GPUDevice, kept: number) {
    this.device = device;
    this.kept = kept;
  }

  /** @throws SPECTRAI_BACKEND_MEMORY where the device binds no buffer as large */
  acquireBuffer(wanted: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    const size = Math.max(smallest, wanted);
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (size > most)
      throw new SpectraiError(
        "SPECTRAI_BACKEND_MEMORY",
        `One tensor needs ${megabytes(size)} MB, and this graphics adapter binds at most ${megabytes(most)} MB at a time; make batches, patches or tiles smaller, or set backend: onednn.`,
      );
    const known = reuse ? this.free.get(keyOf(size, usage))?.pop() : undefined;
    const buffer = known ?? this.device.createBuffer({ size, usage, mappedAtCreation });
    if (!known) this.numBytesAllocated += size;
    this.numBytesUsed += size;
    this.used.add(buffer);
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.used.delete(buffer)) return;
    const { size, usage } = buffer;
    const free = this.numBytesAllocated - this.numBytesUsed;
    this.numBytesUsed -= size;
    if (!reuse || free + size > this.kept) {
      buffer.destroy();
      this.numBytesAllocated -= size;
      return;
    }
    const key = keyOf(size, usage);
    const list = this.free.get(key);
    if (!list) {
      this.free.set(key, [buffer]);
      return;
    }
    const number = this.numberOf(buffer);
    let [start, end] = [0, list.length];
    while (start < end) {
      const middle = (start + end) >> 1;
      if (this.numberOf(list[middle]!) > number) start = middle + 1;
      else end = middle;
    }
    list.splice(start, 0, buffer);
  }

  /** Which buffer it is, of all that were made. */
  numberOf(buffer: GPUBuffer): number {
    let number = this.numbers.get(buffer);
    if (number === undefined) this.numbers.set(buffer, (number = this.next++));
    return number;
  }

  dispose(): void {
    for (const buffer of [...this.used, ...[...this.free.values()].flat()]) buffer.destroy();
    this.used.clear();
    this.free.clear();
    this.numBytesUsed = this.numBytesAllocated = 0;
  }
}

const keyOf = (size: number, usage: number): string => `${size}/${usage}`;
const megabytes = (bytes: number): string => Math.ceil(bytes / 1e6).toString();
