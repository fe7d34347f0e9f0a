import * as tf from "@tensorflow/tfjs-core";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { isSoftware } from "./adapter.ts";
import { Bindings } from "./bindings.ts";
import { Buffers } from "./buffers.ts";
import { DeviceHealth } from "./device.ts";
import type { CompiledShader } from "./program.ts";

/** The name it registers under in tfjs. */
export const backendName = "webgpu";

/** tfjs's WebGPU backend, whose failures and whose memory are watched. */
export class WebGpu extends WebGPUBackend {
  readonly health: DeviceHealth;
  /** Whether the adapter computes on the processor. */
  readonly software: boolean;
  /** Our own shaders that were run so far, by key. */
  readonly shaders = new Map<string, CompiledShader>();
  readonly buffers: Buffers;
  readonly bindings = new Bindings(this);

  /** @param kept - bytes of free buffers that may be kept */
  constructor(device: GPUDevice, info: GPUAdapterInfo, kept: number) {
    super(device, info);
    this.health = new DeviceHealth(device);
    this.software = isSoftware(info);
    this.buffers = new Buffers(device, kept);
    this.bufferManager = this.buffers as unknown as typeof this.bufferManager;
  }

  /**
   * The values of a tensor, once all that was ordered before is done. Unlike tfjs's own they are not kept: a kernel may
   * change a tensor in place.
   *
   * @throws SPECTRAI_BACKEND_LOST, SPECTRAI_BACKEND_MEMORY and SPECTRAI_BACKEND_OP for what failed on the device since
   */
  override async read(dataId: object): Promise<tf.backend_util.BackendValues> {
    this.health.check();
    const { values, resource, dtype, shape } = this.tensorMap.get(dataId);
    if (values !== null && values !== undefined) return values;
    const size = tf.util.sizeFromShape(shape);
    if (size === 0) return tf.util.getTypedArrayFromDType(dtype as "float32", 0);
    let bytes: ArrayBuffer;
    try {
      bytes = await this.getBufferData(resource as GPUBuffer);
    } catch (e) {
      await Promise.resolve();
      this.health.check();
      throw e;
    }
    this.health.check();
    const all = tf.util.convertBackendValuesAndArrayBuffer(bytes, dtype) as tf.TypedArray;
    // The smallest buffers are larger than their tensors.
    return all.length === size ? all : all.slice(0, size);
  }

  override dispose(): void {
    this.health.close();
    super.dispose();
    this.device.destroy();
  }
}
