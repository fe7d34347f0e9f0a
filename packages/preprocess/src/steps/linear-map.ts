import * as tf from "@tensorflow/tfjs-core";
import { floatLike, type JsonObject, type SpectralArray, type Transform } from "@spectrai/core";
import { z } from "zod";
import { perLength } from "./memo.ts";
import { mapSpectra, type SpectrumStep, spectrumStep } from "./spectra.ts";
import { expectLength, numbersOf } from "./state.ts";

/** What shares one linear map. */
export const mapOption = (byDefault: "cube" | "band") =>
  z.enum(["cube", "band"]).default(byDefault).meta({
    description:
      "Whether all values of spectra and cubes are mapped alike, which keeps the shape of spectra, or each band by itself.",
    group: "scaling",
  });

interface LinearMap {
  readonly offset: Float64Array;
  readonly divisor: Float64Array;
}

/**
 * `(x − offset) / divisor`, the same for all samples: what is measured of the training part. State: `{ offset: number[],
 * divisor: number[] }`, one of each, or one a band.
 */
export function linearMap(step: string, fit: (train: Iterable<SpectralArray>) => LinearMap): Transform {
  let kept:
    { readonly state: JsonObject; readonly forLength: (length: number) => LinearMap & SpectrumStep } | undefined;
  const use = (state: JsonObject | undefined, length: number): LinearMap & SpectrumStep => {
    if (!state || kept?.state !== state) {
      const map = { offset: numbersOf(step, state, "offset"), divisor: numbersOf(step, state, "divisor") };
      kept = { state: state!, forLength: perLength((n) => mapOfLength(step, map, n)) };
    }
    return kept.forLength(length);
  };
  return {
    affects: "value",
    fit(train) {
      const { offset, divisor } = fit(train);
      return { offset: Array.from(offset), divisor: Array.from(divisor) };
    },
    apply: (x, state) => mapSpectra(x, use(state, x.shape.at(-1)!)),
    tensor: (x, _, state) =>
      tf.tidy(() => {
        const { offset, divisor } = use(state, x.shape.at(-1)!);
        return tf.div(tf.sub(x, tf.tensor1d(Float32Array.from(offset))), tf.tensor1d(Float32Array.from(divisor)));
      }),
    inverseTensor: (output, _, __, state) =>
      tf.tidy(() => {
        const { offset, divisor } = use(state, output.shape.at(-1)!);
        return tf.add(tf.mul(output, tf.tensor1d(Float32Array.from(divisor))), tf.tensor1d(Float32Array.from(offset)));
      }),
    inverse(output, _, state) {
      const length = output.shape.at(-1)!;
      const { offset, divisor } = use(state, length);
      const data = floatLike(output.data, output.data.length);
      for (let at = 0; at < data.length; at += length)
        for (let i = 0; i < length; i++) data[at + i] = output.data[at + i]! * divisor[i]! + offset[i]!;
      return { ...output, data };
    },
  };
}

function mapOfLength(step: string, map: LinearMap, length: number): LinearMap & SpectrumStep {
  const forAll = map.offset.length === 1 && map.divisor.length === 1;
  if (!forAll) expectLength(step, map.offset.length, length);
  const offset = forAll ? new Float64Array(length).fill(map.offset[0]!) : map.offset;
  const divisor = forAll ? new Float64Array(length).fill(map.divisor[0]!) : map.divisor;
  const kernel = (row: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < length; i++) out[i] = (row[i]! - offset[i]!) / divisor[i]!;
  };
  return { offset, divisor, ...spectrumStep(kernel, length) };
}
