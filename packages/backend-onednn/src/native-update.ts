/** Native functions that change many tensors in one call, and the norm of many. Lists hold numbers of buffers. */
export interface NativeUpdate {
  adamUpdate(tensors: Int32Array, scalars: Float32Array): void;
  sgdUpdate(tensors: Int32Array, scalars: Float32Array, momentum: number, nesterov: number): void;
  rmspropUpdate(tensors: Int32Array, scalars: Float32Array, centered: number, momentum: number): void;
  blendInPlace(tensors: Int32Array, weight: number): void;
  globalNorm(tensors: Int32Array, norm: number): void;
}
