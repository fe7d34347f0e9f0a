import type { Rng } from "@spectrai/core";

/** A random field that can be looked at anywhere. */
export interface RandomField {
  /** Writes row `y` at the columns from `x0`, as many as `out` is long. */
  row(y: number, x0: number, out: Float64Array): void;
}

/**
 * A Gaussian random field of mean 0 and variance 1 on the whole plane, as a sum of plane waves (random Fourier features: A.
 * Rahimi, B. Recht, NIPS 20, 2007). Its covariance is Matérn's of smoothness 3/2, whose edges are as ragged as those of
 * landscapes: (1 + √3 r/l)·exp(−√3 r/l) at the distance r. The wave vectors then follow a t distribution with 3 degrees of
 * freedom. A value depends on its place alone, so that any region can be computed by itself, to the last digit.
 *
 * @param length - l, pixels
 * @param waves - how many; the fewer, the less Gaussian
 */
export function randomField(random: Rng, length: number, waves: number): RandomField {
  const kx = new Float64Array(waves);
  const ky = new Float64Array(waves);
  const phase = new Float64Array(waves);
  for (let j = 0; j < waves; j++) {
    const k = Math.sqrt(3 / (2 * random.gamma(1.5))) / length;
    kx[j] = k * random.normal();
    ky[j] = k * random.normal();
    phase[j] = random.uniform(0, 2 * Math.PI);
  }
  const amplitude = Math.sqrt(2 / waves);
  // cos(kx·x + a) = cos(kx·x)·cos(a) − sin(kx·x)·sin(a): the first factors are the same in every row.
  let from = NaN;
  let cosines = new Float32Array(0);
  let sines = new Float32Array(0);
  const prepare = (x0: number, width: number): void => {
    if (x0 === from && cosines.length === waves * width) return;
    if (cosines.length !== waves * width) {
      cosines = new Float32Array(waves * width);
      sines = new Float32Array(waves * width);
    }
    for (let j = 0, i = 0; j < waves; j++)
      for (let x = 0; x < width; x++, i++) {
        cosines[i] = Math.cos(kx[j]! * (x0 + x));
        sines[i] = Math.sin(kx[j]! * (x0 + x));
      }
    from = x0;
  };
  return {
    row(y, x0, out) {
      const width = out.length;
      prepare(x0, width);
      out.fill(0);
      for (let j = 0, i = 0; j < waves; j++) {
        const a = amplitude * Math.cos(ky[j]! * y + phase[j]!);
        const b = amplitude * Math.sin(ky[j]! * y + phase[j]!);
        for (let x = 0; x < width; x++, i++) out[x]! += a * cosines[i]! - b * sines[i]!;
      }
    },
  };
}
