import { type LabelArray, type NdArray, ndarray, type SpectralArray, spectralArray } from "@spectrai/core";
import { MIXED, type SceneOptions, sceneSimulator } from "./simulator.ts";

/** A simulated image, whole. */
export interface SimulatedScene {
  /** As measured, `[height, width, bands]`, reflectance. */
  readonly cube: SpectralArray;
  /** The same without the sensor's noise and stripes. */
  readonly clean: SpectralArray;
  /** Index of the material with the largest share; `ignored` where that is below `purity`. */
  readonly labels: LabelArray;
  /** Shares of the materials, `[height, width, materials]`. */
  readonly abundances: NdArray<Float32Array>;
}

/**
 * A whole image of a simulated scene, the same for the same options and number.
 *
 * @throws SPECTRAI_COMPONENT_OPTIONS
 */
export function simulateScene(options: SceneOptions, image = 0): SimulatedScene {
  const { height, width, bands } = options;
  const { axis, classes, fill } = sceneSimulator(options);
  const pixels = height * width;
  const cube = new Float32Array(pixels * bands);
  const clean = new Float32Array(pixels * bands);
  const labels = new Int32Array(pixels);
  const abundances = new Float32Array(pixels * classes.length);
  fill(image, { y0: 0, y1: height, x0: 0, x1: width }, { cube, clean, labels, abundances });
  const shape = [height, width, bands];
  return {
    cube: spectralArray(cube, shape, axis),
    clean: spectralArray(clean, shape, axis),
    labels: { ...ndarray(labels, [height, width]), ignored: MIXED },
    abundances: ndarray(abundances, [height, width, classes.length]),
  };
}

/** Rows of an image from the top. The arrays are used again for the next rows. */
export interface SimulatedRows {
  readonly y0: number;
  readonly y1: number;
  /** As measured, `[y1 − y0, width, bands]`. */
  readonly cube: Float32Array;
  /** `[y1 − y0, width]` */
  readonly labels: Int32Array;
}

/**
 * A scene of any size, some rows at a time: memory is that of the rows, whatever the height.
 *
 * @throws SPECTRAI_COMPONENT_OPTIONS
 */
export function* simulateRows(options: SceneOptions, image = 0, atOnce = 16): Generator<SimulatedRows, void> {
  const { height, width, bands } = options;
  const { fill } = sceneSimulator(options);
  const cube = new Float32Array(atOnce * width * bands);
  const labels = new Int32Array(atOnce * width);
  for (let y0 = 0; y0 < height; y0 += atOnce) {
    const y1 = Math.min(height, y0 + atOnce);
    const rows = {
      cube: cube.subarray(0, (y1 - y0) * width * bands),
      labels: labels.subarray(0, (y1 - y0) * width),
    };
    fill(image, { y0, y1, x0: 0, x1: width }, rows);
    yield { y0, y1, ...rows };
  }
}
