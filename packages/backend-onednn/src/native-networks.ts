/** The addon's functions for pooling, resampling, norms and channels: native/src/{pooling,resampling,norms,channels,shuffles}.cc. */
export interface NativeNetworks {
  maxPool(shape: Int32Array, x: number, y: number): void;
  maxPoolPositions(shape: Int32Array, x: number, at: number, withBatch: number): void;
  maxPoolGradient(shape: Int32Array, dy: number, x: number, dx: number, last: number): void;

  resample(sizes: Int32Array, first: Int32Array, second: Int32Array, third: Int32Array, x: number, y: number): void;

  normalize(
    sizes: Int32Array,
    eps: number,
    x: number,
    scale: number,
    offset: number,
    y: number,
    mean: number,
    variance: number,
  ): void;
  normalizeGradient(
    sizes: Int32Array,
    eps: number,
    dy: number,
    x: number,
    scale: number,
    mean: number,
    variance: number,
    dx: number,
    dscale: number,
    doffset: number,
  ): void;
  normalizeBy(
    sizes: Int32Array,
    eps: number,
    x: number,
    mean: number,
    variance: number,
    scale: number,
    offset: number,
    y: number,
  ): void;
  blendStatistics(
    momentum: number,
    factor: number,
    mean: number,
    variance: number,
    newestMean: number,
    newestVariance: number,
    nextMean: number,
    nextVariance: number,
  ): void;

  addScaled(sizes: Int32Array, x: number, y: number, scale: number, out: number): void;
  addScaledGradient(sizes: Int32Array, dout: number, y: number, scale: number, dy: number, dscale: number): void;
  positionMean(sizes: Int32Array, x: number, y: number): void;
  positionMeanGradient(sizes: Int32Array, dy: number, dx: number): void;

  shuffle(sizes: Int32Array, from: number, to: number): void;
}
