import { type Rng, SpectraiError, type SpectralArray } from "@spectrai/core";
import { type Matrix, matrix } from "@spectrai/linalg";
import { counts, readRow } from "./spectra.ts";

/**
 * Calls `visit` with every training spectrum or pixel that counts, in one row that is written over from call to call.
 *
 * @param to - what they are needed for, as the end of a sentence
 * @returns how many there were
 * @throws SPECTRAI_DATA_EMPTY without spectra, SPECTRAI_DATA_LENGTH when they differ in length, SPECTRAI_DATA_VALUE
 */
export function forEachSpectrum(
  train: Iterable<SpectralArray>,
  to: string,
  visit: (row: Float64Array, index: number) => void,
): number {
  let row: Float64Array | undefined;
  let count = 0;
  for (const x of train) {
    const length = x.shape.at(-1)!;
    row ??= new Float64Array(length);
    if (length !== row.length)
      throw new SpectraiError(
        "SPECTRAI_DATA_LENGTH",
        `Training spectra of ${row.length} and of ${length} points cannot be used together to ${to}; resample them to one axis.`,
      );
    for (let s = 0; s * length < x.data.length; s++)
      if (counts(x, s)) {
        readRow(x, s, row);
        visit(row, count++);
      }
  }
  if (count === 0) throw new SpectraiError("SPECTRAI_DATA_EMPTY", `There are no training spectra to ${to}.`);
  return count;
}

/** Values that a sample of spectra may hold: 32 MiB. */
const mostValues = 2 ** 22;

/** A random sample of a stream of spectra, all alike in their chances (Li, ACM Trans. Math. Softw. 20 (1994) 481, algorithm L). */
export class SpectrumSample {
  readonly #random: Rng;
  readonly #limit: number;
  readonly #length: number;
  #data: Float64Array;
  #rows = 0;
  #weight = 1;
  #skip = 0;

  /** @param limit - spectra to keep at most; fewer of long ones */
  constructor(length: number, limit: number, random: Rng) {
    this.#limit = Math.max(2, Math.min(limit, Math.floor(mostValues / Math.max(1, length))));
    this.#length = length;
    this.#random = random;
    this.#data = new Float64Array(Math.min(this.#limit, 64) * length);
  }

  offer(row: Float64Array): void {
    if (this.#rows < this.#limit) {
      if ((this.#rows + 1) * this.#length > this.#data.length) this.#grow();
      this.#data.set(row, this.#rows++ * this.#length);
      if (this.#rows === this.#limit) this.#jump();
      return;
    }
    if (this.#skip-- > 0) return;
    this.#data.set(row, this.#random.integer(this.#limit) * this.#length);
    this.#jump();
  }

  /** The sample, a row a spectrum. */
  get spectra(): Matrix {
    return matrix(this.#rows, this.#length, this.#data.subarray(0, this.#rows * this.#length));
  }

  #grow(): void {
    const data = new Float64Array(Math.min(2 * this.#data.length, this.#limit * this.#length));
    data.set(this.#data);
    this.#data = data;
  }

  #jump(): void {
    this.#weight *= Math.exp(Math.log(1 - this.#random.next()) / this.#limit);
    this.#skip = Math.floor(Math.log(1 - this.#random.next()) / Math.log(1 - this.#weight));
  }
}
