import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { type Component, type ForwardContext, type NdArray, type Parameter, toFloat32 } from "@spectrai/core";
import { beforeAll, describe, expect, test } from "vitest";
import { expectAllClose } from "./close.ts";
import { fixturesFolder, fixtureValues, readFixture } from "./fixtures.ts";
import { take } from "./read.ts";

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

/** Of the outputs' largest value (1e-4), of the loss itself (1e-5), of the largest value of the input's gradient and of each parameter's norm (1e-3), of the largest running statistic (1e-5). */
export interface ReferenceTolerances {
  readonly outputs: number;
  readonly loss: number;
  readonly gradients: number;
  readonly statistics: number;
}

/** How to make each backend tfjs's current one, by name. */
export type ReferenceBackends = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * tfjs's own cpu backend (to be imported by the test), and those of the given ones that can run here; says so of the others.
 *
 * @param components - backends with their options' defaults
 */
export async function referenceBackends(components: readonly Component<"backend">[]): Promise<ReferenceBackends> {
  const backends: Record<string, () => Promise<unknown>> = { cpu: () => tf.setBackend("cpu") };
  for (const component of components) {
    const options = await component.schema["~standard"].validate({});
    if (options.issues)
      throw new Error(`the backend ${component.name} has no defaults: ${JSON.stringify(options.issues)}`);
    const backend = await component.create(options.value as never, {} as never);
    const probe = await backend.probe();
    if (probe.available) backends[component.name] = () => backend.init();
    else console.info(`tests on ${component.name} are left out: ${probe.reason}`);
  }
  return backends;
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
    const { outputs = 1e-4, loss = 1e-5, gradients = 1e-3, statistics = 1e-5 } = tolerances[backend] ?? {};

    const make = (): ReferenceNetwork => {
      const network = build();
      network.load({ ...below(fixture, "param/"), ...below(fixture, "buffer/") });
      return network;
    };

    test("evaluates to the same output (1e-4 of its largest value)", async () => {
      const network = make();
      const before = tf.memory().numTensors;
      const context: ForwardContext = { training: false, seed: 0, update: () => expect.unreachable() };
      const output = tf.tidy(() => asReference(network.forward(channelsLast(tensor(fixture["input"]!)), context)));
      const [values] = await take([output]);
      expectAllClose(values!, fixtureValues(fixture, "output_eval"), { rtol: outputs });
      expect(tf.memory().numTensors).toBe(before);
      network.dispose();
    });

    test("trains on the same output, loss, gradients and running statistics (1e-4, 1e-5, 1e-3, 1e-5)", async () => {
      const network = make();
      const before = tf.memory().numTensors;
      const updates = new Map<string, tf.Tensor>();
      const context: ForwardContext = {
        training: true,
        seed: 0,
        update: (buffer, value) =>
          updates.set(network.parameters.find((p) => p.variable === buffer)!.name, tf.keep(tf.clone(value))),
      };
      const trainable = network.parameters.filter((p) => p.trainable);
      const results = tf.tidy(() => {
        const x = tf.variable(channelsLast(tensor(fixture["input"]!)));
        let output: tf.Tensor | undefined;
        const { value, grads } = tf.variableGrads(() => {
          const y = network.forward(x, context);
          output = tf.keep(asReference(y));
          return lossOf(entry!.loss, y, fixture["target"]!);
        }, [x, ...trainable.map((p) => p.variable)]);
        const input = asReference(grads[x.name]!);
        x.dispose();
        return [output!, value, input, ...trainable.map((p) => grads[p.variable.name]!)];
      });
      const [output, value, input, ...grads] = await take(results);
      expectAllClose(output!, fixtureValues(fixture, "output_train"), { rtol: outputs });
      expect(Math.abs(value![0]! / entry!.loss_train - 1)).toBeLessThan(loss);
      expectAllClose(input!, fixtureValues(fixture, "grad_input"), { rtol: gradients });
      const norms = trainable.map((p, i): [string, number] => [p.name, normOf(grads[i]!)]);
      expectNorms(Object.fromEntries(norms), entry!.grad_norm, gradients);
      const after = below(fixture, "buffer_after/");
      expect([...updates.keys()].sort()).toEqual(Object.keys(after).sort());
      const statisticsAfter = await take([...updates.values()]);
      [...updates.keys()].forEach((buffer, i) =>
        expectAllClose(statisticsAfter[i]!, toFloat32(after[buffer]!.data), { rtol: statistics }),
      );
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
const asReference = (y: tf.Tensor): tf.Tensor => (y.rank > 2 ? channelsFirst(y) : tf.clone(y));
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
