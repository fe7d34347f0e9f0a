import {
  type BaselineData,
  linearAxis,
  ndarray,
  rng,
  type Sample,
  spectralArray,
  type SpectralArray,
} from "@spectrai/core";

export const cube = (data: ArrayLike<number>, shape: readonly number[], valid?: Uint8Array): SpectralArray =>
  spectralArray(Float64Array.from(data), shape, linearAxis(400, 900, shape.at(-1)!, "nm"), valid);

/** Pairs of cubes as the samples of a part. */
export function pairsOf(...pairs: readonly (readonly [SpectralArray, SpectralArray])[]): BaselineData {
  const sample = (i: number): Sample => ({
    id: `image ${i}`,
    group: `image ${i}`,
    input: pairs[i]![0],
    target: { kind: "spectral", value: pairs[i]![1] },
  });
  return { size: pairs.length, sample };
}

/** A scene of a few spectra mixed by smooth maps. */
export function scene(height: number, width: number, points: number, seed: string): SpectralArray {
  const random = rng(5, seed);
  const parts = Array.from({ length: 4 }, () => [
    random.uniform(2, 6),
    random.uniform(2, 6),
    random.uniform(0, 6),
    random.next(),
  ]);
  const data = new Float64Array(height * width * points);
  for (let at = 0; at < data.length; at++) {
    const j = at % points;
    const x = Math.floor(at / points) % width;
    const y = Math.floor(at / points / width);
    for (const [v, u, phase, peak] of parts)
      data[at]! +=
        (1 + Math.sin((v! * y) / height + (u! * x) / width + phase!)) *
        Math.exp(-(((j / (points - 1) - peak!) * 3) ** 2));
  }
  return cube(data, [height, width, points]);
}

export const noisy = (image: SpectralArray, deviation: number, seed: string): SpectralArray => {
  const random = rng(6, seed);
  return { ...image, data: Float64Array.from(image.data, (v) => v + deviation * random.normal()) };
};

export const meanSquare = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
};

/** One cube under a mask. */
export function maskedPart(...pairs: readonly (readonly [SpectralArray, ArrayLike<number>])[]): BaselineData {
  const sample = (i: number): Sample => {
    const [input, labels] = pairs[i]!;
    const mask = ndarray(Int32Array.from(labels), input.shape.slice(0, 2));
    return { id: `image ${i}`, group: "scene", input, target: { kind: "mask", value: { ...mask, ignored: -1 } } };
  };
  return { size: pairs.length, sample };
}
