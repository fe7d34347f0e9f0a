/**
 * Counter-based random numbers: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * A stream is named by its key, so a sample's augmentation draws the same numbers whichever worker, rank or order
 * it is made in.
 */
export interface Rng {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Normal, mean 0 and standard deviation 1 unless told. */
  normal(mean?: number, deviation?: number): number;
  /** Poisson with the given mean; 0 for a negative one, and a mean that is not finite as it is. */
  poisson(mean: number): number;
  /** Gamma of scale 1; NaN for a negative shape. */
  gamma(shape: number): number;
  /** Beta; NaN unless both are above 0. */
  beta(a: number, b: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** A permutation of 0 … n − 1 (Fisher-Yates). */
  permutation(n: number): Int32Array;
  /** An independent stream named by this stream's key and the given parts. Draws nothing from this one. */
  child(...key: readonly (string | number)[]): Rng;
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit numbers. */
function mulhi(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const mid = ah * bl + ((al * bl) >>> 16);
  const mid2 = al * bh + (mid & 0xffff);
  return (ah * bh + Math.floor(mid / 65536) + Math.floor(mid2 / 65536)) >>> 0;
}

/** One Philox 4x32-10 block, written into `out`. Exported for its known-answer test. */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const h0 = mulhi(M0, c0);
    const l0 = Math.imul(M0, c0) >>> 0;
    const h1 = mulhi(M1, c2);
    const l1 = Math.imul(M1, c2) >>> 0;
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

const fnvPrime = 0x01000193;

/** One UTF-16 code unit into an FNV-1a hash, low byte first. */
const fnv1a = (hash: number, unit: number): number =>
  Math.imul(Math.imul(hash ^ (unit & 0xff), fnvPrime) ^ (unit >>> 8), fnvPrime);

/** A part of a path. What has a meaning there is escaped: `["a/b"]` (a file's name, say) is not `["a", "b"]`. */
const pathPart = (part: string | number): string =>
  typeof part === "number" ? `#${part}` : /[\\/#]/.test(part) ? part.replace(/[\\/#]/g, String.raw`\$&`) : part;

class PhiloxRng implements Rng {
  readonly #path: string;
  readonly #key: readonly [number, number];
  readonly #upper: readonly [number, number];
  readonly #block = new Uint32Array(4);
  #counter = 0;
  #used = 4;
  #spare: number | undefined;

  constructor(path: string) {
    this.#path = path;
    // FNV-1a of the path from four starts, in one pass.
    let [a, b, c, d] = [0x811c9dc5, 0x01234567, 0x9e3779b9, 0x7f4a7c15];
    for (let i = 0; i < path.length; i++) {
      const unit = path.charCodeAt(i);
      a = fnv1a(a, unit);
      b = fnv1a(b, unit);
      c = fnv1a(c, unit);
      d = fnv1a(d, unit);
    }
    this.#key = [a >>> 0, b >>> 0];
    this.#upper = [c >>> 0, d >>> 0];
  }

  #word(): number {
    if (this.#used === 4) {
      philox4x32(
        [this.#counter >>> 0, Math.floor(this.#counter / 2 ** 32), this.#upper[0], this.#upper[1]],
        this.#key,
        this.#block,
      );
      this.#counter++;
      this.#used = 0;
    }
    return this.#block[this.#used++]!;
  }

  next(): number {
    return ((this.#word() >>> 5) * 67108864 + (this.#word() >>> 6)) / 9007199254740992;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  integer(n: number): number {
    return Math.floor(this.next() * n);
  }

  normal(mean = 0, deviation = 1): number {
    if (this.#spare !== undefined) {
      const z = this.#spare;
      this.#spare = undefined;
      return mean + deviation * z;
    }
    // Box-Muller; 1 − u keeps the logarithm finite.
    const r = Math.sqrt(-2 * Math.log(1 - this.next()));
    const angle = 2 * Math.PI * this.next();
    this.#spare = r * Math.sin(angle);
    return mean + deviation * r * Math.cos(angle);
  }

  poisson(mean: number): number {
    if (mean <= 0) return 0;
    // Such a mean would never end the loops below.
    if (!Number.isFinite(mean)) return mean;
    if (mean < 30) {
      const limit = Math.exp(-mean);
      let product = this.next();
      let k = 0;
      while (product > limit) {
        product *= this.next();
        k++;
      }
      return k;
    }
    // PTRS, W. Hörmann, Insurance: Mathematics and Economics 12 (1993) 39.
    const slam = Math.sqrt(mean);
    const logMean = Math.log(mean);
    const b = 0.931 + 2.53 * slam;
    const a = -0.059 + 0.02483 * b;
    const invAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const vr = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.next() - 0.5;
      const v = this.next();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      if (Math.log(v) + Math.log(invAlpha) - Math.log(a / (us * us) + b) <= -mean + k * logMean - logGamma(k + 1))
        return k;
    }
  }

  gamma(shape: number): number {
    if (!(shape > 0 && shape < Infinity)) return shape < 0 ? NaN : shape;
    // Marsaglia and Tsang, ACM TOMS 26 (2000) 363; shapes below 1 by the boost of the same paper.
    if (shape < 1) return this.gamma(shape + 1) * Math.pow(1 - this.next(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = 1 - this.next();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }

  beta(a: number, b: number): number {
    if (!(a > 0 && b > 0)) return NaN;
    for (;;) {
      const x = this.gamma(a);
      const sum = x + this.gamma(b);
      if (sum > 0) return x / sum;
    }
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }

  child(...key: readonly (string | number)[]): Rng {
    return new PhiloxRng(`${this.#path}/${key.map(pathPart).join("/")}`);
  }
}

/** ln Γ(x) for x > 0 (Lanczos, g = 7, relative error below 1e-13). */
export function logGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum = c[0]!;
  for (let i = 1; i < 9; i++) sum += c[i]! / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The stream named by the given parts, e.g. `rng(seed, "augment", epoch, sample.id, index)`. */
export const rng = (...key: readonly [string | number, ...(string | number)[]]): Rng =>
  new PhiloxRng("spectrai").child(...key);
