import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { onednnBackend } from "@spectrai/backend-onednn";
import { type ForwardContext, type NdArray, rng, toFloat32 } from "@spectrai/core";
import { loadTorchState, parameterScope } from "@spectrai/nn";
import { expectAllClose, fixturesFolder, fixtureValues, readFixture } from "@spectrai/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { unetNetwork, type UNetOptions } from "../src/unet-network.ts";

const plain = {
  activation: "relu",
  norm: "batch",
  groups: 1,
  dropout: 0,
  upsampling: "auto",
  residual: false,
} as const;
const spectral = { kind: "spectral", channels: 1, activated: true } as const;
const wide = [64, 128, 256, 256];

interface Case {
  readonly options: UNetOptions;
  /**
   * A value before a ReLU is so near 0 (1e-7 of the largest beside it) that rounding decides on its side, and with it on so
   * much of the gradients. The cpu backend happens to round as the reference did.
   */
  readonly undecided?: number;
}

const cases: Record<string, Case> = {
  "unet1d-denoise": {
    options: { ...plain, dimension: 1, channels: 1, filters: wide, tail: spectral },
  },
  "resunet1d-denoise": {
    options: {
      ...plain,
      dimension: 1,
      channels: 1,
      filters: wide,
      tail: spectral,
      residual: true,
      activation: "prelu",
      norm: "none",
    },
  },
  "unet1d-classify": {
    // Made with LeakyReLU: its running statistics say so.
    options: {
      ...plain,
      dimension: 1,
      channels: 1,
      filters: wide,
      activation: "leaky-relu",
      tail: { kind: "vector", count: 3, from: "single" },
    },
  },
  "unet2d-segment": {
    options: {
      ...plain,
      dimension: 2,
      channels: 8,
      filters: [8, 16, 32, 32],
      tail: { kind: "mask", classes: 5, bands: 8 },
    },
  },
  "resunet2d-superres": {
    undecided: 0.1,
    options: {
      ...plain,
      dimension: 2,
      channels: 6,
      filters: [6, 12, 24, 24],
      residual: true,
      norm: "instance",
      scale: 4,
      tail: { ...spectral, channels: 6 },
    },
  },
  "unet3d-segment": {
    options: {
      ...plain,
      dimension: 3,
      channels: 4,
      filters: [4, 8, 16, 16],
      tail: { kind: "mask", classes: 4, bands: 8 },
    },
  },
};

interface IndexEntry {
  readonly loss: "L1Loss" | "CrossEntropyLoss";
  readonly loss_train: number;
  readonly grad_norm: Readonly<Record<string, number>>;
}

/** `[N, C, …spatial]` → `[N, …spatial, C]`, and back. */
const channelsLast = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2), 1]);
const channelsFirst = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 1)]);
const tensor = (array: NdArray): tf.Tensor => tf.tensor(toFloat32(array.data), [...array.shape]);

/** The tensors below a prefix, without it. */
const below = (tensors: Readonly<Record<string, NdArray>>, prefix: string): Record<string, NdArray> =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, array]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : [],
    ),
  );

function lossOf(kind: IndexEntry["loss"], output: tf.Tensor, target: NdArray): tf.Scalar {
  if (kind === "L1Loss") return tf.mean(tf.abs(tf.sub(output, channelsLast(tensor(target))))) as tf.Scalar;
  const classes = output.shape.at(-1)!;
  const wanted = tf.oneHot(tf.tensor1d(Int32Array.from(toFloat32(target.data)), "int32"), classes);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(tf.reshape(output, [-1, classes])), wanted), -1))) as tf.Scalar;
}

const folder = fixturesFolder();
const native = await onednnBackend.create({ precision: "f32" }, {});
const probe = await native.probe();
const backends: Record<string, () => Promise<unknown>> = {
  cpu: () => tf.setBackend("cpu"),
  ...(probe.available ? { onednn: () => native.init() } : {}),
};
const runs = Object.keys(backends).flatMap((backend) =>
  Object.entries(cases).map(([name, { options, undecided = 1e-3 }]) => ({
    backend,
    name,
    options,
    share: backend === "cpu" ? 1e-3 : undecided,
  })),
);
if (!probe.available) console.info(`fixtures on onednn are left out: ${probe.reason}`);

describe.skipIf(!folder).each(runs)("the reference's $name on $backend", ({ backend, name, options, share }) => {
  beforeAll(backends[backend]!);
  const fixture = folder ? readFixture(`reference/model-${name}.safetensors`) : {};
  const index = folder
    ? (JSON.parse(readFileSync(join(folder, "reference/index.json"), "utf8")) as { cases: Record<string, IndexEntry> })
        .cases[`model-${name}`]!
    : undefined;

  const build = () => {
    const scope = parameterScope(rng("fixture"));
    const network = unetNetwork(scope, options);
    // The parameters have the reference's very names and shapes, or this throws.
    loadTorchState(scope.parameters, { ...below(fixture, "param/"), ...below(fixture, "buffer/") }, name);
    return { scope, network };
  };
  const asReference = (y: tf.Tensor): ArrayLike<number> =>
    tf.tidy(() => (y.rank > 2 ? channelsFirst(y) : y).dataSync());

  test("evaluates to the same output (1e-4 of its largest value)", () => {
    const { scope, network } = build();
    const before = tf.memory().numTensors;
    const context: ForwardContext = { training: false, seed: 0, update: () => expect.unreachable() };
    const output = tf.tidy(() => network(channelsLast(tensor(fixture["input"]!)), context));
    expectAllClose(asReference(output), fixtureValues(fixture, "output_eval"), { rtol: 1e-4 });
    output.dispose();
    expect(tf.memory().numTensors).toBe(before);
    scope.dispose();
  });

  test("trains on the same output, loss, gradients and running statistics (1e-4, 1e-5, 1e-3, 1e-5)", () => {
    const { scope, network } = build();
    const before = tf.memory().numTensors;
    const updates = new Map<string, Float32Array>();
    const context: ForwardContext = {
      training: true,
      seed: 0,
      update: (buffer, value) =>
        updates.set(scope.parameters.find((p) => p.variable === buffer)!.name, value.dataSync() as Float32Array),
    };
    const trainable = scope.parameters.filter((p) => p.trainable);
    tf.tidy(() => {
      const x = tf.variable(channelsLast(tensor(fixture["input"]!)));
      let output: ArrayLike<number> = [];
      const { value, grads } = tf.variableGrads(() => {
        const y = network(x, context);
        output = asReference(y);
        return lossOf(index!.loss, y, fixture["target"]!);
      }, [x, ...trainable.map((p) => p.variable)]);
      expectAllClose(output, fixtureValues(fixture, "output_train"), { rtol: 1e-4 });
      expect(Math.abs(value.dataSync()[0]! / index!.loss_train - 1)).toBeLessThan(1e-5);
      expectAllClose(asReference(grads[x.name]!), fixtureValues(fixture, "grad_input"), { rtol: share });
      const norms = trainable.map((p) =>
        Math.sqrt((grads[p.variable.name]!.dataSync() as Float32Array).reduce((s, g) => s + g * g, 0)),
      );
      const expected = trainable.map((p) => index!.grad_norm[p.name]!);
      const worst = norms.reduce((m, n, i) => Math.max(m, Math.abs(n / expected[i]! - 1)), 0);
      expect(worst).toBeLessThan(share);
      expect(Object.keys(index!.grad_norm).sort()).toEqual(trainable.map((p) => p.name).sort());
      x.dispose();
    });
    const after = below(fixture, "buffer_after/");
    expect([...updates.keys()].sort()).toEqual(Object.keys(after).sort());
    for (const [buffer, values] of updates) expectAllClose(values, toFloat32(after[buffer]!.data), { rtol: 1e-5 });
    expect(tf.memory().numTensors).toBe(before);
    scope.dispose();
  });
});
