import { type Rng } from "@spectrai/core";
import { constituents } from "./bands.ts";
import { walk } from "./walk.ts";

/** What the rows of one cell look like before light is counted. */
export interface Cell {
  /** `[rows × constituents]`: height of each constituent's spectrum, relative to the bending band of average water. */
  readonly concentrations: Float64Array;
  /** Fluorescence at 500 cm⁻¹ in each row, in the same unit. */
  readonly background: Float64Array;
  /** Decay length of the fluorescence in each row, cm⁻¹. */
  readonly decay: Float64Array;
  /** Error of the axis in each exposure, cm⁻¹: two a row, short then long. */
  readonly shift: Float64Array;
}

export interface SceneOptions {
  readonly rows: number;
  readonly variation: number;
  readonly correlation: number;
  readonly background: number;
  readonly drift: number;
}

/** Shifts are kept within this many standard deviations. */
export const SHIFT_LIMIT = 5;
/** Rows over which the axis of the instrument drifts: room temperature changes more slowly than the sample. */
const DRIFT_ROWS = 100;
/** Water fills the beam beside and below the cell and so varies less than what the cell is made of. */
const WATER_VARIATION = 0.3;
const DECAY = 400;
const DECAY_VARIATION = 0.15;

/**
 * One cell: log-normal concentrations (mean = abundance) whose variance is shared equally by a constant of the cell and a walk
 * along its rows; a common walk stands for thickness and focus.
 */
export function makeCell(random: Rng, options: SceneOptions): Cell {
  const { rows, variation, correlation } = options;
  const field = (name: string): Float64Array => {
    const stream = random.child(name);
    const offset = stream.normal();
    return walk(stream, rows, correlation).map((x) => (offset + x) * Math.SQRT1_2);
  };
  const logNormal = (x: number, deviation: number): number => Math.exp(deviation * x - (deviation * deviation) / 2);

  const thickness = field("thickness");
  const count = constituents.length;
  const concentrations = new Float64Array(rows * count);
  constituents.forEach(({ name, abundance }, k) => {
    const own = field(name);
    for (let r = 0; r < rows; r++) {
      concentrations[r * count + k] =
        name === "water"
          ? abundance * logNormal(own[r]!, WATER_VARIATION * variation)
          : abundance * logNormal(own[r]!, variation) * logNormal(thickness[r]!, variation);
    }
  });
  return {
    concentrations,
    background: field("background").map((x) => options.background * logNormal(x, variation)),
    decay: field("decay").map((x) => DECAY * logNormal(x, DECAY_VARIATION)),
    shift: walk(random.child("drift"), 2 * rows, 2 * DRIFT_ROWS).map(
      (x) => options.drift * Math.min(Math.max(x, -SHIFT_LIMIT), SHIFT_LIMIT),
    ),
  };
}

/** The share of the fluorescence that decays slowly along the axis (substrate, optics) and does not bleach. */
const SUBSTRATE = 0.25;
const SUBSTRATE_DECAY = 2000;
/** Where the strength of the background is stated, cm⁻¹. */
const ANCHOR = 500;

/**
 * Adds the fluorescence b·(¾·β·exp(−(ν − 500)/τ) + ¼·exp(−(ν − 500)/2000)) to a spectrum on an even axis; β is the share
 * of the molecules not yet bleached.
 */
export function addBackground(
  out: Float64Array,
  start: number,
  step: number,
  strength: number,
  decay: number,
  unbleached: number,
): void {
  let fast = strength * (1 - SUBSTRATE) * unbleached * Math.exp(-(start - ANCHOR) / decay);
  let slow = strength * SUBSTRATE * Math.exp(-(start - ANCHOR) / SUBSTRATE_DECAY);
  const fastRatio = Math.exp(-step / decay);
  const slowRatio = Math.exp(-step / SUBSTRATE_DECAY);
  for (let p = 0; p < out.length; p++) {
    out[p] = out[p]! + fast + slow;
    fast *= fastRatio;
    slow *= slowRatio;
  }
}

/** Mean of exp(−k·t) over an exposure from `begin` to `begin + seconds`: how bright bleaching fluorescence is on average. */
export const meanUnbleached = (rate: number, begin: number, seconds: number): number =>
  rate === 0 ? 1 : (Math.exp(-rate * begin) * -Math.expm1(-rate * seconds)) / (rate * seconds);
