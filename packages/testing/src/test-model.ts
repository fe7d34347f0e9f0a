import * as tf from "@tensorflow/tfjs-core";
import {
  type Architecture,
  type Component,
  decodeSafetensors,
  encodeSafetensors,
  type ForwardContext,
  type Model,
  type ModelSpec,
  ndarray,
  type OutputSpec,
  rng,
  sizeOf,
} from "@spectrai/core";
import { beforeAll, describe, expect, it } from "vitest";
import { take } from "./read.ts";

/** How an architecture is put to the test. */
export interface ModelCase {
  /** Options as a user writes them; absent = none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What is asked for. Heights and widths of 0 vary: they are tried at `sizes`. */
  readonly spec: ModelSpec;
  /** Sample shapes to try besides `spec.input`, for networks that take several. */
  readonly sizes?: readonly (readonly number[])[];
  /** Samples in a batch; default 3. */
  readonly batch?: number;
  /** Parameters that need not get a gradient here, e.g. of a part that the data do not reach. */
  readonly unreached?: readonly string[];
  /** Learning rate of the Adam steps that must lower the loss; default 1e-3. */
  readonly rate?: number;
  /** Services that `create` asks for. */
  readonly deps?: Readonly<Record<string, unknown>>;
}

/**
 * What every architecture must hold: outputs of the shape the contract asks for at every size, finite; parameters named once,
 * stably, and alike from one seed; training and evaluation told apart by the context alone; a gradient for every trainable
 * parameter; a loss that falls; a head that holds all that changes its shape with the number of classes or values; parameters that go through a file unchanged; and no tensor left behind. Call it in a test
 * file that has imported a tfjs backend; it registers the tests.
 */
export function testModel(component: Component<"model">, spec: ModelCase): void {
  describe(`model ${component.name} ${JSON.stringify(spec.options ?? {})} for ${spec.spec.task} on [${spec.spec.input.join(", ")}]`, () => {
    const batch = spec.batch ?? 3;
    const shapes = [spec.spec.input, ...(spec.sizes ?? [])].filter((s) => !s.includes(0));
    const first = shapes[0]!;
    const architecture = async (): Promise<Architecture> =>
      component.create(parse(component, spec.options ?? {}), (spec.deps ?? {}) as never);
    const build = async (seed: number): Promise<Model> =>
      (await architecture()).build(spec.spec, rng("testModel", seed));

    beforeAll(async () => {
      expect(shapes.length, "give a spec without zeros, or sizes").toBeGreaterThan(0);
      await tf.ready();
    });

    it("describes its options and refuses one that does not exist", async () => {
      const described = JSON.stringify(component.schema["~standard"].jsonSchema.input({ target: "draft-2020-12" }));
      expect(described).toContain("{");
      expect((await component.schema["~standard"].validate({ notAnOption: 1 })).issues).toBeTruthy();
    });

    it("gives finite outputs of the right shape at every size, in training and evaluation", async () => {
      const model = await build(1);
      for (const shape of shapes)
        for (const training of [false, true]) {
          const y = tf.tidy(() => model.apply(randomInput(shape, batch), context(training)));
          expect(y.shape, `for samples of [${shape.join(", ")}]`).toEqual([batch, ...outputShape(spec.spec, shape)]);
          const [values] = await take([y]);
          expect(values!.every(Number.isFinite), `finite for samples of [${shape.join(", ")}]`).toBe(true);
        }
      model.dispose();
    });

    it("names its parameters once, and the same with every seed; one seed gives one start", async () => {
      const [a, b, c] = [await build(1), await build(1), await build(2)];
      const names = a.parameters.map((p) => p.name);
      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
      expect(c.parameters.map((p) => p.name)).toEqual(names);
      for (const name of names) expect(name).toMatch(/^[\w-]+(\.[\w-]+)*$/);
      const [start, again, other] = await Promise.all([a, b, c].map(valuesOf));
      for (const [i, name] of names.entries()) expect([...start![i]!], name).toEqual([...again![i]!]);
      const moved = start!.some((values, i) => values.some((v, k) => v !== other![i]![k]));
      const zero = a.parameters.every((p, i) => !p.trainable || start![i]!.every((v) => v === 0));
      // A closed form may start from nothing.
      expect(moved || (a.prepare !== undefined && zero), "another seed gives another start").toBe(true);
      for (const m of [a, b, c]) m.dispose();
    });

    it("tells training from evaluation by the context alone, and follows its seed", async () => {
      const model = await build(1);
      const x = randomInput(first, batch);
      const run = async (training: boolean, seed = 0): Promise<number[]> =>
        outputOf(() => model.apply(x, context(training, seed)));
      const before = await run(false);
      const trained = await run(true, 5);
      expect(await run(true, 5)).toEqual(trained);
      expect(await run(false), "evaluation after training, with nothing updated").toEqual(before);
      const updating: ForwardContext = {
        training: false,
        seed: 0,
        update: () => expect.unreachable("a buffer was updated in evaluation"),
      };
      tf.tidy(() => model.apply(x, updating));
      const buffers = new Set(model.parameters.filter((p) => !p.trainable).map((p) => p.variable));
      const observed: ForwardContext = {
        training: true,
        seed: 0,
        update: (buffer) => expect(buffers.has(buffer), "updates are of buffers").toBe(true),
      };
      tf.tidy(() => model.apply(x, observed));
      x.dispose();
      model.dispose();
    });

    it("has a gradient for every trainable parameter, and a loss that falls", async () => {
      const model = await build(1);
      const x = randomInput(first, batch);
      const target = randomTarget(spec.spec, first, batch);
      const variables = model.parameters.filter((p) => p.trainable);
      const loss = (): tf.Scalar => lossOf(spec.spec.output, model.apply(x, context(true)), target);
      const losses: number[] = [];
      const adam = makeAdam(
        variables.map((p) => p.variable),
        spec.rate ?? 1e-3,
      );
      for (let step = 0; step < 8; step++) {
        const { value, grads } = tf.variableGrads(
          loss,
          variables.map((p) => p.variable),
        );
        losses.push((await value.data())[0]!);
        if (step === 0)
          for (const { name, variable } of variables) {
            const gradient = grads[variable.name];
            if (spec.unreached?.includes(name)) continue;
            expect(gradient?.shape, `${name} has a gradient`).toEqual(variable.shape);
            const values = await gradient!.data();
            expect(values.every(Number.isFinite), `the gradient of ${name} is finite`).toBe(true);
            expect(
              values.some((v) => v !== 0),
              `the gradient of ${name} is not 0 throughout`,
            ).toBe(true);
          }
        adam.step(variables.map((p) => grads[p.variable.name]));
        tf.dispose([value, grads]);
      }
      const [last] = await outputOf(loss);
      expect(
        last,
        `the loss after ${losses.length} steps (${losses.map((l) => l.toPrecision(4)).join(", ")})`,
      ).toBeLessThan(losses[0]!);
      adam.dispose();
      tf.dispose([x, target]);
      model.dispose();
    });

    const { output } = spec.spec;
    if (output.kind !== "spectral")
      it("keeps the shape of all parameters but its head's when other classes or values are asked for", async () => {
        const more: OutputSpec =
          output.kind === "numbers"
            ? { ...output, count: output.count + 2 }
            : { ...output, classes: output.classes + 2 };
        const a = await build(1);
        const b = (await architecture()).build({ ...spec.spec, output: more }, rng("testModel", 1));
        const { head = [] } = a;
        expect(head, "Model.head").not.toEqual([]);
        expect(b.head).toEqual(head);
        const inHead = (name: string): boolean => head.some((p) => name === p || name.startsWith(`${p}.`));
        expect(b.parameters.map((p) => p.name)).toEqual(a.parameters.map((p) => p.name));
        const changed = a.parameters.filter(
          (p, i) => p.variable.shape.join() !== b.parameters[i]!.variable.shape.join(),
        );
        expect(changed.length, "parameters whose shape follows from the number of classes or values").toBeGreaterThan(
          0,
        );
        for (const { name } of changed) expect(inHead(name), `${name} is under Model.head`).toBe(true);
        // A closed form may be nothing but a head.
        expect(
          a.prepare !== undefined || a.parameters.some((p) => p.trainable && !inHead(p.name)),
          "parameters outside the head",
        ).toBe(true);
        for (const m of [a, b]) m.dispose();
      });

    it("goes through a file unchanged", async () => {
      const [from, to] = [await build(1), await build(2)];
      const values = await valuesOf(from);
      const arrays = Object.fromEntries(
        from.parameters.map(({ name, variable }, i) => [name, ndarray(values[i]!, variable.shape)]),
      );
      const { tensors } = decodeSafetensors(encodeSafetensors(arrays));
      tf.tidy(() => {
        for (const { name, variable } of to.parameters)
          variable.assign(tf.tensor(tensors[name]!.data as Float32Array, [...tensors[name]!.shape]));
      });
      const run = (model: Model): Promise<number[]> =>
        outputOf(() => model.apply(randomInput(first, batch), context(false)));
      expect(await run(to)).toEqual(await run(from));
      from.dispose();
      to.dispose();
    });

    it("leaves no tensor behind", async () => {
      const before = tf.memory().numTensors;
      const model = await build(1);
      expect(tf.memory().numTensors - before, "tensors besides the parameters").toBe(model.parameters.length);
      const x = randomInput(first, batch);
      const idle = tf.memory().numTensors;
      for (const training of [false, true]) {
        model.apply(x, context(training)).dispose();
        expect(tf.memory().numTensors - idle, `tensors after apply with training ${training}`).toBe(0);
      }
      const variables = model.parameters.filter((p) => p.trainable).map((p) => p.variable);
      const target = randomTarget(spec.spec, first, batch);
      tf.dispose(tf.variableGrads(() => lossOf(spec.spec.output, model.apply(x, context(true)), target), variables));
      target.dispose();
      expect(tf.memory().numTensors - idle, "tensors after a gradient").toBe(0);
      x.dispose();
      model.dispose();
      expect(tf.memory().numTensors, "tensors after dispose").toBe(before);
    });
  });
}

function parse(component: Component<"model">, options: Readonly<Record<string, unknown>>): never {
  const result = component.schema["~standard"].validate(options);
  if (result instanceof Promise) throw new Error("schemas are validated without waiting");
  if (result.issues)
    throw new Error(
      `the options of ${component.name} are not valid: ${result.issues.map((i) => i.message).join("; ")}`,
    );
  return result.value as never;
}

/** A model's parameters and buffers. */
const valuesOf = (model: Model): Promise<Float32Array[]> =>
  Promise.all(model.parameters.map(async (p) => Float32Array.from(await p.variable.data())));

/** The values of what is computed, and nothing left behind. */
const outputOf = async (compute: () => tf.Tensor): Promise<number[]> => [...(await take([tf.tidy(compute)]))[0]!];

const context = (training: boolean, seed = 0): ForwardContext => ({ training, seed, update: () => {} });

const randomInput = (shape: readonly number[], batch: number): tf.Tensor => {
  const random = rng("testModel input", ...shape);
  return tf.tensor(
    Float32Array.from({ length: batch * sizeOf(shape) }, () => random.next()),
    [batch, ...shape],
  );
};

/** A sample's output shape for a sample's input shape. */
function outputShape({ output, input, scale = 1 }: ModelSpec, shape: readonly number[]): number[] {
  switch (output.kind) {
    case "class":
      return [output.classes];
    case "numbers":
      return [output.count];
    case "mask":
      return [...shape.slice(0, 2), output.classes];
    case "spectral": {
      const points = output.shape.at(-1)! === input.at(-1)! ? shape.at(-1)! : output.shape.at(-1)!;
      return [...shape.slice(0, -1).map((n) => n * scale), points];
    }
  }
}

function randomTarget(spec: ModelSpec, shape: readonly number[], batch: number): tf.Tensor {
  const random = rng("testModel target");
  const full = [batch, ...outputShape(spec, shape)];
  const { output } = spec;
  if (output.kind === "spectral" || output.kind === "numbers")
    return tf.tensor(
      Float32Array.from({ length: sizeOf(full) }, () => random.next()),
      full,
    );
  const labels = Int32Array.from({ length: sizeOf(full.slice(0, -1)) }, () => random.integer(output.classes));
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), output.classes), "float32"));
}

/** Mean squared error or cross-entropy, with a closed-form gradient: the kit asks no gradients of tfjs but the model's. */
function lossOf(output: OutputSpec, y: tf.Tensor, target: tf.Tensor): tf.Scalar {
  const labels = output.kind === "class" || output.kind === "mask";
  const flat = labels ? [-1, target.shape.at(-1)!] : [-1];
  const count = labels ? target.shape[0]! : target.size;
  const op = tf.customGrad((at, save) => {
    const rows = tf.reshape(at as tf.Tensor, flat);
    const wanted = tf.reshape(target, flat);
    const slope = tf.div(
      tf.sub(labels ? tf.softmax(rows) : tf.mul(2, rows), labels ? wanted : tf.mul(2, wanted)),
      count,
    );
    (save as tf.GradSaveFunc)([slope]);
    const value = labels
      ? tf.neg(tf.sum(tf.mul(tf.logSoftmax(rows), wanted)))
      : tf.sum(tf.square(tf.sub(rows, wanted)));
    return {
      value: tf.div(value, count),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.reshape(tf.mul(dy, saved[0]!), y.shape),
    };
  });
  return op(y) as tf.Scalar;
}

/** Adam (Kingma and Ba, 2015), as plain as can be. */
function makeAdam(variables: readonly tf.Variable[], rate: number) {
  const moments = variables.map((v) => [tf.keep(tf.zerosLike(v)), tf.keep(tf.zerosLike(v))] as [tf.Tensor, tf.Tensor]);
  let steps = 0;
  return {
    step(gradients: readonly (tf.Tensor | undefined)[]): void {
      steps++;
      for (const [i, gradient] of gradients.entries()) {
        if (!gradient) continue;
        const [m, v] = moments[i]!;
        const [nextM, nextV] = tf.tidy(() => [
          tf.add(tf.mul(0.9, m), tf.mul(0.1, gradient)),
          tf.add(tf.mul(0.999, v), tf.mul(0.001, tf.square(gradient))),
        ]) as [tf.Tensor, tf.Tensor];
        tf.dispose([m, v]);
        moments[i] = [nextM, nextV];
        tf.tidy(() => {
          const direction = tf.div(
            tf.div(nextM, 1 - 0.9 ** steps),
            tf.add(tf.sqrt(tf.div(nextV, 1 - 0.999 ** steps)), 1e-8),
          );
          variables[i]!.assign(tf.sub(variables[i]!, tf.mul(rate, direction)));
        });
      }
    },
    dispose: () => tf.dispose(moments),
  };
}
