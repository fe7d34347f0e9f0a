import * as tf from "@tensorflow/tfjs-core";
import {
  add,
  batchNorm,
  concat,
  conv,
  dense,
  globalAveragePool,
  type Layer,
  maxPool,
  type ParameterScope,
  relu,
  sequential,
} from "@spectrai/nn";

export interface InceptionOptions {
  /** Numbers that come out a sample: classes, or values. */
  readonly outputs: number;
  /** Inception modules; every third is joined by a residual connection. */
  readonly depth: number;
  /** Filters of each of a module's four branches, and of its bottleneck. */
  readonly filters: number;
  /** Points of the three convolutions' kernels, odd. */
  readonly kernels: readonly number[];
}

/** Branches of a module: the convolutions and the pooling. */
const branchesOf = (kernels: readonly number[]): number => kernels.length + 1;

/**
 * The Inception network for series (Ismail Fawaz et al., InceptionTime, Data Min. Knowl. Disc. 34, 2020), `[N, L, 1]` →
 * `[N, outputs]`: modules of a bottleneck of one point, convolutions of several lengths side by side and a pooled branch, batch
 * norm and ReLU; a residual connection over every three; one average over all positions; a linear head.
 */
export function inceptionNetwork(scope: ParameterScope, options: InceptionOptions): Layer {
  const { depth, filters, kernels, outputs } = options;
  const width = filters * branchesOf(kernels);
  const groups: Layer[] = [];
  let from = 1;
  for (let start = 0; start < depth; start += 3) {
    const into = from;
    const modules: Layer[] = [];
    for (let d = start; d < Math.min(start + 3, depth); d++) {
      modules.push(inceptionModule(scope.at("modules", d), from, filters, kernels));
      from = width;
    }
    const body = sequential(...modules);
    // As published, a residual connection needs three whole modules.
    groups.push(start + 3 <= depth ? withShortcut(scope.at("shortcuts", start / 3), body, into, width) : body);
  }
  return sequential(...groups, globalAveragePool(), dense(scope.at("head"), { in: width, out: outputs }));
}

function inceptionModule(scope: ParameterScope, from: number, filters: number, kernels: readonly number[]): Layer {
  const pointwise = (name: string): Layer =>
    conv(scope.at(name), { dimension: 1, in: from, out: filters, kernel: 1, bias: false });
  // A single channel has nothing to be reduced.
  const bottleneck = from > 1 ? pointwise("bottleneck") : undefined;
  const inner = bottleneck ? filters : from;
  const convolutions = kernels.map((kernel, i) =>
    conv(scope.at("convolutions", i), { dimension: 1, in: inner, out: filters, kernel, bias: false }),
  );
  const pool = maxPool({ dimension: 1, size: 3, stride: 1, padding: 1 });
  const pooled = pointwise("pooled");
  const norm = batchNorm(scope.at("norm"), { channels: filters * branchesOf(kernels) });
  return (x, context) =>
    tf.tidy(() => {
      const reduced = bottleneck ? bottleneck(x, context) : x;
      const branches = [...convolutions.map((c) => c(reduced, context)), pooled(pool(x, context), context)];
      return tf.relu(norm(concat(...branches), context));
    });
}

function withShortcut(scope: ParameterScope, body: Layer, from: number, to: number): Layer {
  const shortcut = sequential(
    conv(scope.at("conv"), { dimension: 1, in: from, out: to, kernel: 1, bias: false }),
    batchNorm(scope.at("norm"), { channels: to }),
  );
  const rectify = relu();
  return (x, context) => tf.tidy(() => rectify(add(body(x, context), shortcut(x, context)), context));
}
