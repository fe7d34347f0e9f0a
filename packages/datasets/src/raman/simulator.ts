import { type Axis, linearAxis, rng } from "@spectrai/core";
import { constituents } from "./bands.ts";
import { expectedCounts, expose, type Detector } from "./detector.ts";
import { instrumentResponse } from "./response.ts";
import { addBackground, type Cell, makeCell, meanUnbleached, SHIFT_LIMIT } from "./scene.ts";
import { makeTemplates } from "./templates.ts";

/** See the options of `raman-pairs` for units and meaning. */
export interface RamanOptions extends Detector {
  readonly points: number;
  readonly start: number;
  readonly stop: number;
  readonly resolution: number;
  readonly cellRows: number;
  readonly variation: number;
  readonly correlation: number;
  readonly background: number;
  readonly bleaching: number;
  readonly shortExposure: number;
  readonly longExposure: number;
  readonly photonRate: number;
  readonly laser: number;
  readonly sensorThickness: number;
  readonly etalon: number;
  readonly etalonPeriod: number;
  readonly drift: number;
  readonly seed: number;
}

export interface RamanPair {
  /** Counts of the short exposure, `[points]`. */
  readonly short: Float32Array;
  /** Counts of the long exposure that follows it, `[points]`. */
  readonly long: Float32Array;
  /** What the long exposure would be without shot noise, read noise, cosmic rays and rounding, `[points]`. */
  readonly truth: Float32Array;
  /** Height of each constituent's spectrum by name, relative to the bending band of average water. */
  readonly concentrations: Readonly<Record<string, number>>;
  /** Error of the axis in the short and in the long exposure, cm⁻¹. */
  readonly shifts: readonly [number, number];
}

export interface RamanSimulator {
  readonly axis: Axis;
  /** Pair `index`; the same for a given seed whatever was asked for before. */
  pair(index: number): RamanPair;
}

const CELLS_KEPT = 256;

/**
 * Counts of photons from a cell-like mixture, in two exposures one after the other:
 *
 * rate(p) = photonRate · response(p) · (Σ_k c_k·S_k(ν_p + shift) + fluorescence(ν_p)), electrons a second;
 * counts = round((Poisson((rate + dark)·t) + cosmic + Normal(0, readNoise)) / gain + bias).
 */
export function ramanSimulator(options: RamanOptions): RamanSimulator {
  const { points, start, stop, seed, shortExposure, longExposure } = options;
  const axis = linearAxis(start, stop, points, "cm-1");
  const step = (stop - start) / (points - 1);
  const response = instrumentResponse(axis.values, {
    laser: options.laser,
    thickness: options.sensorThickness,
    etalon: options.etalon,
    etalonPeriod: options.etalonPeriod,
    phase: rng(seed, "raman-pairs", "instrument").uniform(0, 2 * Math.PI),
  });
  const templates = makeTemplates({ start, stop, points }, options.resolution, SHIFT_LIMIT * options.drift);
  const count = constituents.length;

  const cells = new Map<number, Cell>();
  const cellOf = (group: number): Cell => {
    let cell = cells.get(group);
    if (!cell) {
      if (cells.size >= CELLS_KEPT) cells.delete(cells.keys().next().value!);
      cell = makeCell(rng(seed, "raman-pairs", "cell", group), { ...options, rows: options.cellRows });
      cells.set(group, cell);
    }
    return cell;
  };

  const rate = new Float64Array(points);
  const charge = new Float64Array(points);
  const fillRate = (cell: Cell, row: number, exposure: 0 | 1): void => {
    const shift = cell.shift[2 * row + exposure]!;
    templates.mix(cell.concentrations.subarray(row * count, (row + 1) * count), shift, rate);
    const unbleached =
      exposure === 0
        ? meanUnbleached(options.bleaching, 0, shortExposure)
        : meanUnbleached(options.bleaching, shortExposure, longExposure);
    addBackground(rate, start + shift, step, cell.background[row]!, cell.decay[row]!, unbleached);
    for (let p = 0; p < points; p++) rate[p] = rate[p]! * options.photonRate * response[p]!;
  };

  return {
    axis,
    pair(index) {
      const cell = cellOf(Math.floor(index / options.cellRows));
      const row = index % options.cellRows;
      const random = rng(seed, "raman-pairs", "sample", index);
      fillRate(cell, row, 0);
      const short = expose(rate, shortExposure, options, random.child("short"), charge, new Float32Array(points));
      fillRate(cell, row, 1);
      const long = expose(rate, longExposure, options, random.child("long"), charge, new Float32Array(points));
      const truth = expectedCounts(rate, longExposure, options, new Float32Array(points));
      return {
        short,
        long,
        truth,
        concentrations: Object.fromEntries(
          constituents.map(({ name }, k) => [name, cell.concentrations[row * count + k]!]),
        ),
        shifts: [cell.shift[2 * row]!, cell.shift[2 * row + 1]!],
      };
    },
  };
}
