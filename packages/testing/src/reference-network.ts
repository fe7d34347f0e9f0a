import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { type Component, type ForwardContext, type NdArray, type Parameter, toFloat32 } from "@spectrai/core";
import { beforeAll, describe, expect, test } from "vitest";
import { expectAllClose } from "./close.ts";
import { fixturesFolder, fixtureValues, readFixture } from "./fixtures.ts";

/** A network on channels-last tensors `[N, …spatial, C]`, whose parameters have the reference's names. */
export interface ReferenceNetwork {
  readonly parameters: readonly Parameter[];
  forward(x: tf.Tensor, context: ForwardContext): tf.Tensor;
  /** Takes a PyTorch `state_dict` (parameters and buffers); throws where names or shapes differ. */
  load(state: Readonly<Record<string, NdArray>>): void;
  dispose(): void;
}

export interface ReferenceCase {
  readonly build: () => ReferenceNetwork;
  /**
   * By the backend's name, where a tolerance has to be wider: a value before a ReLU can be so near 0 that rounding decides on
   * its side, and a batch norm over a few values enlarges what rounding did.
   */
  readonly tolerances?: Readonly<Record<string, Partial<ReferenceTolerances>>>;
}

/** Of the loss itself (1e-5), of the largest value of the input's gradient and of each parameter's norm (1e-3), of the largest running statistic (1e-5). */
export interface ReferenceTolerances {
  readonly loss: number;
  readonly gradients: number;
  readonly statistics: number;
}

/** How to make each backend tfjs's current one, by name. */
export type ReferenceBackends = Readonly<Record<string, () => Promise<unknown>>>;

/** tfjs's own cpu backend (to be imported by the test), and a native one where it can run; says so where it cannot. */
export async function referenceBackends(native: Component<"backend">): Promise<ReferenceBackends> {
  const backend = await native.create({ precision: "f32" } as never, {} as never);
  const probe = await backend.probe();
  const cpu = (): Promise<unknown> => tf.setBackend("cpu");
  if (probe.available) return { cpu, [native.name]: () => backend.init() };
  console.info(`the reference's networks on ${native.name} are left out: ${probe.reason}`);
  return { cpu };
}

/**
 * Holds a network to the golden values in `reference/model-<name>.safetensors`, on each backend: with the same parameters the
 * same outputs in evaluation and in training (1e-4 of the largest value), the same loss (1e-5), gradients (1e-3: the input's
 * of its largest value, each parameter's norm of itself) and running statistics (1e-5), and no tensor left behind. Skipped
 * where there is no fixtures folder.
 */
export function testReferenceNetwork(
  name: string,
  { build, tolerances = {} }: ReferenceCase,
  backends: ReferenceBackends,
): void {
  const folder = fixturesFolder();
  describe.skipIf(!folder).each(Object.keys(backends))(`the reference's ${name} on %s`, (backend) => {
    beforeAll(backends[backend]!);
    const fixture = folder ? readFixture(`reference/model-${name}.safetensors`) : {};
    const entry = folder ? indexEntry(folder, `model-${name}`) : undefined;
    const { loss = 1e-5, gradients = 1e-3, statistics = 1e-5 } = tolerances[backend] ?? {};

    const make = (): ReferenceNetwork => {
      const network = build();
      network.load({ ...below(fixture, "param/"), ...below(fixture, "buffer/") });
      return network;
    };

    test("evaluates to the same output (1e-4 of its largest value)", () => {
      const network = make();
      const before = tf.memory().numTensors;
      const context: ForwardContext = { training: false, seed: 0, update: () => expect.unreachable() };
      const output = tf.tidy(() => network.forward(channelsLast(tensor(fixture["input"]!)), context));
      expectAllClose(asReference(output), fixtureValues(fixture, "output_eval"), { rtol: 1e-4 });
      output.dispose();
      expect(tf.memory().numTensors).toBe(before);
      network.dispose();
    });

    test("trains on the same output, loss, gradients and running statistics (1e-4, 1e-5, 1e-3, 1e-5)", () => {
      const network = make();
      const before = tf.memory().numTensors;
      const updates = new Map<string, Float32Array>();
      const context: ForwardContext = {
        training: true,
        seed: 0,
        update: (buffer, value) =>
          updates.set(network.parameters.find((p) => p.variable === buffer)!.name, value.dataSync() as Float32Array),
      };
      const trainable = network.parameters.filter((p) => p.trainable);
      tf.tidy(() => {
        const x = tf.variable(channelsLast(tensor(fixture["input"]!)));
        let output: ArrayLike<number> = [];
        const { value, grads } = tf.variableGrads(() => {
          const y = network.forward(x, context);
          output = asReference(y);
          return lossOf(entry!.loss, y, fixture["target"]!);
        }, [x, ...trainable.map((p) => p.variable)]);
        expectAllClose(output, fixtureValues(fixture, "output_train"), { rtol: 1e-4 });
        expect(Math.abs(value.dataSync()[0]! / entry!.loss_train - 1)).toBeLessThan(loss);
        expectAllClose(asReference(grads[x.name]!), fixtureValues(fixture, "grad_input"), { rtol: gradients });
        const norms = trainable.map((p): [string, number] => [
          p.name,
          normOf(grads[p.variable.name]!.dataSync() as Float32Array),
        ]);
        expectNorms(Object.fromEntries(norms), entry!.grad_norm, gradients);
        x.dispose();
      });
      const after = below(fixture, "buffer_after/");
      expect([...updates.keys()].sort()).toEqual(Object.keys(after).sort());
      for (const [buffer, values] of updates)
        expectAllClose(values, toFloat32(after[buffer]!.data), { rtol: statistics });
      expect(tf.memory().numTensors).toBe(before);
      network.dispose();
    });
  });
}

interface IndexEntry {
  readonly loss: "L1Loss" | "CrossEntropyLoss";
  readonly loss_train: number;
  readonly grad_norm: Readonly<Record<string, number>>;
}

const indexEntry = (folder: string, name: string): IndexEntry =>
  (JSON.parse(readFileSync(join(folder, "reference/index.json"), "utf8")) as { cases: Record<string, IndexEntry> })
    .cases[name]!;

/** `[N, C, …spatial]` → `[N, …spatial, C]`, and back. */
const channelsLast = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2), 1]);
const channelsFirst = (x: tf.Tensor): tf.Tensor =>
  tf.transpose(x, [0, x.rank - 1, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 1)]);
const asReference = (y: tf.Tensor): ArrayLike<number> => tf.tidy(() => (y.rank > 2 ? channelsFirst(y) : y).dataSync());
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

const normOf = (values: Float32Array): number => Math.sqrt(values.reduce((s, g) => s + g * g, 0));

/**
 * The same parameters, each with a gradient of the same norm. Below a millionth of the largest norm there is nothing but
 * rounding (a bias in front of a batch norm has no gradient): such a norm must only be as small.
 */
function expectNorms(
  norms: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
  share: number,
): void {
  expect(Object.keys(norms).sort()).toEqual(Object.keys(expected).sort());
  const rounding = 1e-6 * Math.max(...Object.values(expected));
  const wrong = Object.entries(expected).flatMap(([name, norm]) => {
    const ours = norms[name]!;
    const alike = norm < rounding ? ours < rounding : Math.abs(ours / norm - 1) < share;
    return alike ? [] : [`${name}: ${ours}, expected ${norm}`];
  });
  expect(wrong, "norms of gradients that differ").toEqual([]);
}
