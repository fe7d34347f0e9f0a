import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { type ForwardContext, rng } from "@spectrai/core";
import { type ParameterScope, parameterScope } from "@spectrai/nn";
import { beforeAll, describe, expect, it } from "vitest";
import { operations, type Product, rcanProducts, unetProducts } from "../src/networks/products.ts";
import { rcanNetwork } from "../src/networks/rcan.ts";
import { smallWorkloads, type WorkloadName, workloadNames, workloads } from "../src/networks/workloads.ts";
import { timeKernels } from "../src/onednn/kernel-times.ts";

const evaluation: ForwardContext = { training: false, seed: 0, update: () => undefined };
const trainable = (scope: ParameterScope): number =>
  scope.parameters.filter((p) => p.trainable).reduce((n, p) => n + p.variable.size, 0);

beforeAll(async () => {
  await tf.setBackend("cpu");
  // On its first use in Node.js it would print an advertisement.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
});

/** What PyTorch 2.13 counts for the networks of `bench/peer/networks.py`, and for the small ones. */
const parameters: Record<WorkloadName, readonly [number, number]> = {
  resunet1d: [2_855_617, 11_437],
  unet2d: [2_744_214, 38_544],
  rcan: [6_513_279, 26_234],
  unet3d: [3_212_065, 12_835],
};

/** A few points in, and what comes out. */
const small: Record<WorkloadName, readonly [number[], number[]]> = {
  resunet1d: [
    [2, 17, 1],
    [2, 17, 1],
  ],
  unet2d: [
    [1, 9, 8, 51],
    [1, 9, 8, 6],
  ],
  rcan: [
    [1, 1, 2, 102],
    [1, 4, 8, 102],
  ],
  unet3d: [
    [1, 8, 8, 9, 1],
    [1, 8, 8, 9, 1],
  ],
};

describe.each(workloadNames)("%s", (name) => {
  it("has the peer's number of parameters, and the products that follow from its kernels", () => {
    for (const [i, work] of [workloads[name], smallWorkloads[name]].entries()) {
      const scope = parameterScope(rng("test"));
      work.network(scope);
      expect(trainable(scope)).toBe(parameters[name][i]);
      // Kernels are what weight decay applies to; biases and norms are not.
      const kernels = scope.parameters.filter((p) => p.decay).map((p) => p.variable);
      const sizes = work.products.map((p) => p.inner * p.out);
      expect(sizes.toSorted((a, b) => a - b)).toEqual(kernels.map((k) => k.size).toSorted((a, b) => a - b));
      scope.dispose();
    }
  });

  it("maps the small batch to its target's shape", () => {
    const { network, input, target, classes } = smallWorkloads[name];
    const scope = parameterScope(rng("test"));
    const layer = network(scope);
    const y = tf.tidy(() => layer(tf.ones([...input]), evaluation));
    expect(y.shape).toEqual(classes === undefined ? target : [...target, classes]);
    tf.dispose(y);
    scope.dispose();
  });

  it("maps a batch to the target's shape", () => {
    const [input, output] = small[name];
    const scope = parameterScope(rng("test"));
    const network = workloads[name].network(scope);
    const y = tf.tidy(() => network(tf.ones(input), evaluation));
    expect(y.shape).toEqual(output);
    expect([...y.dataSync()].every(Number.isFinite)).toBe(true);
    tf.dispose(y);
    scope.dispose();
  });
});

describe("operations", () => {
  it("of a training step are what PyTorch counts for its networks", () => {
    // torch.utils.flop_counter.FlopCounterMode of PyTorch 2.13, of `loss(network(x), target).backward()`.
    const counted: Record<WorkloadName, readonly [number, number]> = {
      resunet1d: [150_905_389_056, 723_648],
      unet2d: [30_329_192_448, 6_607_872],
      rcan: [35_764_655_760, 3_907_776],
      unet3d: [38_673_580_032, 20_957_184],
    };
    for (const name of workloadNames)
      expect([workloads[name], smallWorkloads[name]].map((w) => operations(w.products, true))).toEqual(counted[name]);
  });

  it("of a resunet1d step are what its layers come to by hand", () => {
    // Positions of the four levels: 64 spectra of 500, 250, 125 and 62 points.
    const [l0, l1, l2, l3] = [32_000, 16_000, 8000, 3968];
    const [w0, w1, w2] = [64, 128, 256];
    const down =
      l0 * 3 * (w0 + 3 * w0 * w0) +
      l1 * 3 * (w0 * w1 + 3 * w1 * w1) +
      l2 * 3 * (w1 * w2 + 3 * w2 * w2) +
      l3 * 3 * (4 * w2 * w2);
    const up =
      l2 * 3 * (512 * w2 + 2 * w2 * w2 + w2 * w1) +
      l1 * 3 * (256 * w1 + 2 * w1 * w1 + w1 * w0) +
      l0 * 3 * (128 * w0 + 2 * w0 * w0 + w0 * w0);
    const forward = 2 * (down + up + l0 * 3 * w0);
    const { products } = workloads.resunet1d;
    expect(operations(products, false)).toBe(forward);
    // Twice as much again for the gradients, but for that of the data.
    expect(operations(products, true)).toBe(3 * forward - 2 * l0 * 3 * w0);
    expect(operations(products, true) / 1e9).toBeCloseTo(151, 0);
  });

  /** What the kernels of one pass compute, convolutions only. */
  const counted = (pass: () => void): number => {
    const timer = timeKernels("cpu");
    timer.enter("forward");
    pass();
    timer.leave();
    timer.restore();
    const rows = timer.take().filter((row) => row.kernel?.includes("Conv"));
    return rows.reduce((sum, row) => sum + row.operations, 0);
  };
  const convolutions = (products: readonly Product[]): number =>
    operations(
      products.filter((p) => p.positions > 1),
      false,
    );

  it("are those that the kernels of a UNet run, odd sizes too", () => {
    const shape = { batch: 3, size: [21], channels: 1, filters: [64, 128, 256, 256], residual: true };
    const scope = parameterScope(rng("test"));
    const network = workloads.resunet1d.network(scope);
    const run = counted(() => tf.tidy(() => void network(tf.ones([3, 21, 1]), evaluation)));
    expect(run).toBe(convolutions(unetProducts({ ...shape, tail: { kernel: 3, out: 1 } })));
    scope.dispose();
  });

  it("are those that the kernels of an RCAN run", () => {
    const options = { channels: 8, doublings: 2, groups: 2, blocks: 3, reduction: 2 };
    const scope = parameterScope(rng("test"));
    const network = rcanNetwork(scope, options);
    const run = counted(() => tf.tidy(() => void network(tf.ones([1, 3, 2, 8]), evaluation)));
    // The attention's dense layers, at one position, are no convolutions.
    expect(run).toBe(convolutions(rcanProducts({ ...options, batch: 1, size: [3, 2] })));
    scope.dispose();
  });
});
