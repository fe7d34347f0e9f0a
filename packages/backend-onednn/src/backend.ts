import * as tf from "@tensorflow/tfjs-core";
import { explain } from "./kernels/kernel.ts";
import { type MemoryUse, type Native, Type } from "./native.ts";

/** Below this many bytes, reading copies: cheaper than an array on native memory, whose end the collector must report. */
const copyBelow = 4096;

type Numeric = "float32" | "int32" | "bool";

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** What stands behind a tensor: a native buffer, or strings, which only JavaScript can hold. */
export class NativeData {
  readonly dtype: tf.DataType;
  /** Number of the native buffer. */
  readonly id: number;
  /** The floats are held as bf16. */
  half: boolean;
  readonly elements: number;
  references = 1;
  view: tf.TypedArray | undefined;
  readonly strings: Uint8Array[] | undefined;

  constructor(dtype: tf.DataType, id: number, elements: number, half = false, strings?: Uint8Array[]) {
    this.dtype = dtype;
    this.id = id;
    this.elements = elements;
    this.half = half;
    this.strings = strings;
  }
}

/** tfjs's view of the native memory: where tensors live, how they are read and freed. The kernels are in kernels/. */
export class OnednnBackend extends tf.KernelBackend {
  readonly native: Native;
  /** Convolutions and products give bf16, which {@link plain} turns into float32 where a kernel needs that. */
  bf16 = false;
  #count = 0;
  /** Tensors that came from another backend, under the ids they had there. */
  readonly #moved = new WeakMap<object, NativeData>();

  constructor(native: Native) {
    super();
    this.native = native;
  }

  override timerAvailable(): boolean {
    return true;
  }
  override time(f: () => void): Promise<tf.BackendTimingInfo> {
    const start = performance.now();
    f();
    return Promise.resolve({ kernelMs: performance.now() - start });
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override numDataIds(): number {
    return this.#count;
  }
  override memory(): { unreliable: boolean; native: MemoryUse } {
    return { unreliable: false, native: this.native.memory() };
  }

  /** What stands behind a tensor. One that lives on another backend is moved here. */
  data(t: tf.TensorInfo): NativeData {
    return this.lookUp(t.dataId);
  }

  private lookUp(dataId: object): NativeData {
    if (dataId instanceof NativeData) return dataId;
    let data = this.#moved.get(dataId);
    if (!data) {
      tf.engine().moveData(this, dataId);
      data = this.#moved.get(dataId)!;
    }
    return data;
  }

  /** Number of the buffer with the tensor's values in their plain form. */
  plain(t: tf.TensorInfo): number {
    const data = this.lookUp(t.dataId);
    if (data.half) {
      this.native.toFloat32(data.id);
      data.half = false;
    }
    return data.id;
  }

  /** Number of the buffer, whose floats may be bf16: for kernels that take both. */
  any(t: tf.TensorInfo): number {
    return this.lookUp(t.dataId).id;
  }

  /** A new tensor with undefined content. */
  make(shape: readonly number[], dtype: Numeric = "float32", half = false): tf.TensorInfo {
    const elements = tf.util.sizeFromShape(shape as number[]);
    const id = this.native.allocate(elements, half ? Type.bf16 : Type[dtype]);
    this.#count++;
    return { dataId: new NativeData(dtype, id, elements, half), shape: shape as number[], dtype };
  }

  /** A tensor of the same values in another shape. */
  share(t: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    this.incRef(t.dataId);
    return { dataId: t.dataId, shape: shape as number[], dtype: t.dtype };
  }

  /** Frees tensors that a kernel made for itself. */
  free(...tensors: readonly tf.TensorInfo[]): void {
    for (const t of tensors) this.disposeData(t.dataId);
  }

  /** A typed array on the tensor's memory. It stays valid when the tensor is freed, and sees no later write in place. */
  view(t: tf.TensorInfo): tf.TypedArray {
    this.plain(t);
    return this.viewOf(this.lookUp(t.dataId));
  }

  private viewOf(data: NativeData): tf.TypedArray {
    if (data.view) return data.view;
    const { dtype, id, elements } = data as NativeData & { dtype: Numeric };
    const lent = elements * (dtype === "bool" ? 1 : 4) < copyBelow ? undefined : this.native.view(id);
    if (lent) return (data.view = new arrays[dtype](lent));
    data.view = new arrays[dtype](elements);
    this.native.read(id, data.view);
    return data.view;
  }

  /** Number of the plain buffer of a tensor that is about to be written in place. Arrays read from it before keep their values. */
  overwrite(t: tf.TensorInfo): number {
    const id = this.plain(t);
    this.lookUp(t.dataId).view = undefined;
    return id;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.store(values, shape, dtype);
  }

  private store(values: tf.backend_util.BackendValues | null, shape: number[], dtype: tf.DataType): NativeData {
    if (dtype === "string") {
      this.#count++;
      return new NativeData(dtype, -1, 0, false, values as Uint8Array[]);
    }
    if (dtype === "complex64") throw new Error("complex tensors are not supported by the onednn backend");
    const elements = tf.util.sizeFromShape(shape);
    let id = -1;
    try {
      id = this.native.allocate(elements, Type[dtype]);
      if (values && values.length > 0) this.native.write(id, asType(values as ArrayLike<number>, dtype));
    } catch (error) {
      if (id >= 0) this.native.release(id);
      throw explain("the making of a tensor", { values: { shape } }, error);
    }
    this.#count++;
    return new NativeData(dtype, id, elements);
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    const data = this.store(values, shape, dtype);
    data.references = references;
    this.#moved.set(dataId, data);
  }

  override refCount(dataId: object): number {
    return this.find(dataId)?.references ?? 0;
  }
  override incRef(dataId: object): void {
    this.lookUp(dataId).references++;
  }
  decRef(dataId: object): void {
    this.lookUp(dataId).references--;
  }

  private find(dataId: object): NativeData | undefined {
    return dataId instanceof NativeData ? dataId : this.#moved.get(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    const data = this.find(dataId);
    if (!data || data.references <= 0) return true;
    data.references = force ? 0 : data.references - 1;
    if (data.references > 0) return false;
    this.#count--;
    data.view = undefined;
    if (data.id >= 0) this.native.release(data.id);
    this.#moved.delete(dataId);
    return true;
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    const data = this.lookUp(dataId);
    if (data.strings) return data.strings;
    if (data.half) {
      this.native.toFloat32(data.id);
      data.half = false;
    }
    return this.viewOf(data);
  }
  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override dispose(): void {
    this.native.trim();
  }
}

/** tfjs hands over plain arrays too. */
function asType(values: ArrayLike<number>, dtype: Numeric): ArrayBufferView {
  if (dtype === "float32") return values instanceof Float32Array ? values : Float32Array.from(values);
  if (dtype === "int32") return values instanceof Int32Array ? values : Int32Array.from(values);
  return values instanceof Uint8Array ? values : Uint8Array.from(values);
}
