import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";
import { dispatch, output, type Shader } from "../program.ts";
import { zeros } from "./elements.ts";
import { gridOf } from "./grid.ts";
import { type Call, replace } from "./kernel.ts";
import { applySums, chunkSums, gradientWhole, mergeSums, sumChunks } from "./normalize-backward.ts";
import {
  applyMoments,
  chunkMoments,
  chunkValues,
  mergeMoments,
  normalizeWhole,
  setValues,
} from "./normalize-forward.ts";
import {
  type Chunks,
  chunksFor,
  columnTeam,
  mergingTeam,
  type NormAttributes,
  type Sets,
  setsOf,
  type Team,
  teamThreads,
  walkValues,
  wholeTeam,
} from "./normalize-sets.ts";

/** Runs a shader of {@link overSets}, whose first scalar is the size of a team, and the second the number of sets. */
function runTeams(
  backend: WebGpu,
  team: Team,
  shader: Shader,
  tensors: readonly tf.TensorInfo[],
  scalars: readonly number[],
): void {
  const groups = Math.ceil(scalars[0]! / (teamThreads / team.size));
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  dispatch(backend, shader, tensors, [team.size, ...scalars], [Math.min(groups, most), Math.ceil(groups / most), 1]);
}

const free = (backend: WebGpu, ...tensors: readonly tf.TensorInfo[]): void => {
  for (const { dataId } of tensors) backend.disposeData(dataId);
};

const orderOf = ({ width }: Sets): Team["order"] => (width === 1 ? "columns" : "rows");

/** The result from given moments. */
function applied(backend: WebGpu, sets: Sets, tensors: readonly tf.TensorInfo[]): void {
  const { channels, lanes, eps } = sets;
  const [columns, all] = [channels / lanes, tf.util.sizeFromShape(tensors[0]!.shape) / channels];
  const grid = gridOf(backend, columns, all);
  dispatch(backend, applyMoments(sets), tensors, [...grid.values, ...setValues(sets), eps], grid.groups);
}

/** In one pass where sets are small; else statistics of pieces, statistics of sets, and the result: `x` is read twice. */
function normalize(
  backend: WebGpu,
  sets: Sets,
  x: tf.TensorInfo,
  scale: tf.TensorInfo,
  offset: tf.TensorInfo,
): tf.TensorInfo[] {
  const { samples, rows, channels, groups, eps } = sets;
  const [y, mean, variance] = [x.shape, [samples, groups], [samples, groups]].map((shape) =>
    output(backend, shape),
  ) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
  const outputs = [y, mean, variance];
  const whole = wholeTeam(sets);
  if (whole) {
    const values = [...walkValues(whole, sets), eps];
    runTeams(backend, whole, normalizeWhole(whole), [x, scale, offset, ...outputs], values);
    return outputs;
  }
  const team = columnTeam(sets, rows);
  const chunks = chunksFor(team, rows);
  const pieces = [0, 1, 2].map(() => output(backend, [samples * chunks.count, channels]));
  runTeams(backend, team, chunkMoments(team), [x, ...pieces], walkValues(team, sets, chunks));
  const merging = mergingTeam(orderOf(sets), chunks.count * sets.width);
  runTeams(backend, merging, mergeMoments(merging), [...pieces, mean, variance], chunkValues(sets, chunks));
  free(backend, ...pieces);
  applied(backend, sets, [x, scale, offset, mean, variance, y]);
  return outputs;
}

/** Σ over slices of two tensors `[slices, C]`. They are freed. */
function sumSlices(
  backend: WebGpu,
  sums: tf.TensorInfo,
  products: tf.TensorInfo,
  slices: number,
  { channels, lanes }: Sets,
): [tf.TensorInfo, tf.TensorInfo] {
  const [sum, product] = [output(backend, [channels]), output(backend, [channels])];
  const team = mergingTeam("columns", slices, lanes);
  runTeams(backend, team, sumChunks(team), [sums, products, sum, product], [channels / lanes, slices]);
  return [sum, product];
}

interface GradientInputs {
  readonly dy: tf.TensorInfo;
  readonly x: tf.TensorInfo;
  readonly scale: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
}

/** Both sums of {@link chunkSums}, of the pieces of `samples` times `rows` rows. */
function sumsOfPieces(
  backend: WebGpu,
  sets: Sets,
  { dy, x, mean, variance }: GradientInputs,
  samples: number,
  rows: number,
): { readonly sums: tf.TensorInfo; readonly products: tf.TensorInfo; readonly chunks: Chunks } {
  const team = columnTeam(sets, rows);
  const chunks = chunksFor(team, rows);
  const shape = [samples * chunks.count, sets.channels];
  const [sums, products] = [output(backend, shape), output(backend, shape)];
  const values = [...walkValues(team, { ...sets, samples, rows }, chunks), ...setValues(sets), sets.eps];
  runTeams(backend, team, chunkSums(team, sets), [dy, x, mean, variance, sums, products], values);
  return { sums, products, chunks };
}

/** The gradients with respect to `x`, `scale` and `offset`. */
function gradient(backend: WebGpu, sets: Sets, inputs: GradientInputs): tf.TensorInfo[] {
  const { dy, x, scale, mean, variance } = inputs;
  const { samples, rows, channels, lanes, eps, width } = sets;
  const dx = output(backend, x.shape);
  const all = tf.util.sizeFromShape(x.shape) / channels;
  const whole = wholeTeam(sets);
  if (whole) {
    const tensors = [dy, x, scale, mean, variance, dx];
    const values = [...walkValues(whole, sets), eps];
    if (whole.order === "rows") {
      runTeams(backend, whole, gradientWhole(whole), tensors, values);
      const { sums, products, chunks } = sumsOfPieces(backend, sets, inputs, 1, all);
      const [sum, product] = sumSlices(backend, sums, products, chunks.count, sets);
      free(backend, sums, products);
      return [dx, product, sum];
    }
    const [sums, products] = [0, 1].map(() => output(backend, samples === 1 ? [channels] : [samples, channels])) as [
      tf.TensorInfo,
      tf.TensorInfo,
    ];
    runTeams(backend, whole, gradientWhole(whole), [...tensors, sums, products], values);
    if (samples === 1) return [dx, products, sums];
    const [sum, product] = sumSlices(backend, sums, products, samples, sets);
    free(backend, sums, products);
    return [dx, product, sum];
  }
  const { sums, products, chunks } = sumsOfPieces(backend, sets, inputs, samples, rows);
  const [sum, product] = sumSlices(backend, sums, products, samples * chunks.count, sets);
  const ofChannels = samples === 1 && width === 1;
  const perSet = ofChannels ? [sum, product] : setSums(backend, sets, sums, products, scale, chunks);
  free(backend, sums, products);
  const columns = channels / lanes;
  const grid = gridOf(backend, columns, all);
  const scalars = [...grid.values, ...setValues(sets), eps, rows * width];
  const tensors = [dy, x, scale, mean, variance, ...perSet, dx];
  dispatch(backend, applySums(sets, ofChannels), tensors, scalars, grid.groups);
  if (!ofChannels) free(backend, ...perSet);
  return [dx, product, sum];
}

function setSums(
  backend: WebGpu,
  sets: Sets,
  sums: tf.TensorInfo,
  products: tf.TensorInfo,
  scale: tf.TensorInfo,
  chunks: Chunks,
): tf.TensorInfo[] {
  const shape = [sets.samples, sets.groups];
  const perSet = [output(backend, shape), output(backend, shape)];
  const team = mergingTeam(orderOf(sets), chunks.count * sets.width);
  runTeams(backend, team, mergeSums(team), [sums, products, scale, ...perSet], chunkValues(sets, chunks));
  return perSet;
}

/** Norms: core's `fused-kernels.ts` says what the fused ones do. */
export function registerNorms(): void {
  replace("Normalize", ({ inputs, backend, attrs }) => {
    const { x, scale, offset } = inputs as Readonly<Record<"x" | "scale" | "offset", tf.TensorInfo>>;
    const sets = setsOf(x.shape, attrs as unknown as NormAttributes);
    if (tf.util.sizeFromShape(x.shape) > 0) return normalize(backend, sets, x, scale, offset);
    const moments = [sets.samples, sets.groups];
    return [output(backend, x.shape), zeros(backend, moments), zeros(backend, moments)];
  });
  replace("NormalizeGradient", ({ inputs, backend, attrs }) => {
    const given = inputs as unknown as GradientInputs;
    const { x, scale } = given;
    if (tf.util.sizeFromShape(x.shape) > 0)
      return gradient(backend, setsOf(x.shape, attrs as unknown as NormAttributes), given);
    return [output(backend, x.shape), zeros(backend, scale.shape), zeros(backend, scale.shape)];
  });
  const other = tf.getKernel("FusedBatchNorm", backendName).kernelFunc as unknown as (call: Call) => tf.TensorInfo;
  replace("FusedBatchNorm", (call) => {
    const { x, mean, variance, scale, offset } = call.inputs as Readonly<Record<string, tf.TensorInfo | undefined>>;
    const channels = x!.shape.at(-1)!;
    const given = [x, scale, offset, mean, variance];
    const perChannel = given.slice(1).every((t) => t && tf.util.sizeFromShape(t.shape) === channels);
    if (!perChannel || tf.util.sizeFromShape(x!.shape) === 0) return other(call);
    const eps = call.attrs["varianceEpsilon"] as number;
    const y = output(call.backend, x!.shape);
    const sets = setsOf(x!.shape, { acrossBatch: true, groups: channels, eps });
    applied(call.backend, sets, [...(given as tf.TensorInfo[]), y]);
    return y;
  });
}
