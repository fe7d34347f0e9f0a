import * as tf from "@tensorflow/tfjs-core";

/** The emscripten module of tfjs-backend-wasm, as far as it is used here. */
export interface WasmModule {
  readonly HEAPU8: Uint8Array;
  /** Exports of the instance: where the memory is when the module made it. */
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  /** The memory, where it was made for several threads. */
  readonly wasmMemory?: WebAssembly.Memory;
  _malloc(bytes: number): number;
  _free(address: number): void;
  cwrap(name: string, returns: string | null, args: readonly string[]): (...args: unknown[]) => unknown;
  tfjs?: unknown;
}

/** tfjs's wasm backend, as far as it is used here (its own types need those of emscripten). */
export interface Wasm {
  readonly wasm: WasmModule;
  getMemoryOffset(dataId: object): number;
  makeOutput(shape: number[], dtype: tf.DataType, address?: number, values?: tf.TypedArray): tf.TensorInfo;
  typedArrayFromHeap(t: tf.TensorInfo): tf.TypedArray;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
}

/** The arguments of a kernel function, with the backend's real type. */
export interface KernelCall<I extends string, A = object> {
  readonly inputs: Readonly<Record<I, tf.TensorInfo>>;
  readonly backend: Wasm;
  readonly attrs: A;
}

/** Address of a tensor on the wasm heap, in bytes. */
export const address = (backend: Wasm, t: tf.TensorInfo): number => backend.getMemoryOffset(t.dataId) >>> 0;

/**
 * A view of a float32 tensor on the wasm heap, without a copy. The next allocation may move the heap and leave the view
 * empty: allocate first, then view.
 */
export const view = (backend: Wasm, t: tf.TensorInfo): Float32Array => backend.typedArrayFromHeap(t) as Float32Array;

/** A new float32 tensor with undefined content. */
export const allocate = (backend: Wasm, shape: readonly number[]): tf.TensorInfo =>
  backend.makeOutput([...shape], "float32");

/** A new float32 tensor of zeros. */
export function zeros(backend: Wasm, shape: readonly number[]): tf.TensorInfo {
  const t = allocate(backend, shape);
  view(backend, t).fill(0);
  return t;
}

export const release = (backend: Wasm, ...tensors: readonly tf.TensorInfo[]): void => {
  for (const t of tensors) backend.disposeData(t.dataId);
};

type AnyKernel = (call: {
  inputs: Readonly<Record<string, tf.TensorInfo | undefined>>;
  backend: Wasm;
  attrs?: object;
}) => tf.TensorInfo;

/** What tfjs registers for wasm, before anything is replaced. */
const originals = new Map<string, AnyKernel>();

/** The kernel function that tfjs-backend-wasm itself brings. */
export function original(name: string): AnyKernel {
  let kernel = originals.get(name);
  if (!kernel) {
    kernel = tf.getKernel(name, "wasm")?.kernelFunc as AnyKernel | undefined;
    if (!kernel) throw new Error(`tfjs-backend-wasm has no kernel ${name}`);
    originals.set(name, kernel);
  }
  return kernel;
}

/** Puts a kernel in the place of tfjs's, whose `setupFunc` stays for `original` to work. */
export function replace(name: string, kernelFunc: (call: never) => tf.TensorInfo | tf.TensorInfo[]): void {
  const old = tf.getKernel(name, "wasm");
  if (old) {
    original(name);
    tf.unregisterKernel(name, "wasm");
  }
  tf.registerKernel({
    ...old,
    kernelName: name,
    backendName: "wasm",
    kernelFunc: kernelFunc as unknown as tf.KernelFunc,
  });
}
