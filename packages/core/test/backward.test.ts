import "@tensorflow/tfjs-backend-cpu";
import {
  type ForwardContext,
  isSpectraiError,
  registerGradients,
  rng,
  sizeOf,
  startOfRun,
  train,
  type Training,
  valueAndGradients,
} from "@spectrai/core";
import * as nn from "@spectrai/nn";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(async () => {
  await tf.setBackend("cpu");
  registerGradients();
});

function random(shape: readonly number[], key: string): tf.Tensor {
  const stream = rng("test", key);
  return tf.tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()),
    [...shape],
  );
}

const variable = (shape: readonly number[], key: string): tf.Variable => tf.tidy(() => tf.variable(random(shape, key)));

const training: ForwardContext = { training: true, seed: 3, update: () => undefined };

const tensors = (): number => tf.memory().numTensors;

/** What the engine remembers between gradients: nothing. */
function expectCleanEngine(): void {
  const { gradientDepth, activeTape, scopeStack, kernelDepth } = tf.engine().state;
  expect({ gradientDepth, activeTape: activeTape ?? null, scopes: scopeStack.length, kernelDepth }).toEqual({
    gradientDepth: 0,
    activeTape: null,
    scopes: 0,
    kernelDepth: 0,
  });
}

type Built = { readonly f: () => tf.Scalar; readonly variables: tf.Variable[]; readonly others?: tf.Tensor[] };

/** A network of layers on one input, with the mean of its squared outputs as loss. */
function network(shape: readonly number[], make: (scope: nn.ParameterScope) => nn.Layer): Built {
  const root = nn.parameterScope(rng("test", "network"));
  const layer = make(root);
  const x = random(shape, "input");
  return {
    f: () => tf.mean<tf.Scalar>(tf.square(layer(x, training))),
    variables: root.parameters.filter((p) => p.trainable).map((p) => p.variable),
    others: [x, ...root.parameters.filter((p) => !p.trainable).map((p) => p.variable)],
  };
}

const conv1 = (scope: nn.ParameterScope, channels: number, out: number): nn.Layer =>
  nn.conv(scope, { dimension: 1, in: channels, out, activation: "relu" });

const cases: Record<string, () => Built> = {
  "convolutions and norms, 1-D": () =>
    network([2, 16, 1], (at) =>
      nn.sequential(
        conv1(at.at(0), 1, 4),
        nn.batchNorm(at.at(1), { channels: 4 }),
        nn.maxPool({ dimension: 1 }),
        conv1(at.at(2), 4, 4),
        nn.groupNorm(at.at(3), { channels: 4, groups: 2 }),
        nn.upsample({ dimension: 1, mode: "linear" }),
        nn.conv(at.at(4), { dimension: 1, in: 4, out: 1, activation: "sigmoid" }),
      ),
    ),
  "convolutions, 2-D and 3-D": () =>
    network([2, 4, 4, 4, 2], (at) => {
      const volume = nn.conv(at.at(0), { dimension: 3, in: 2, out: 3 });
      const plane = nn.conv(at.at(1), { dimension: 2, in: 12, out: 2, groups: 2, dilation: 2 });
      return (x, context) => plane(tf.reshape(volume(x, context), [2, 4, 4, 12]), context);
    }),
  "residual blocks": () =>
    network([2, 8, 3], (at) =>
      nn.sequential(
        nn.residual(nn.sequential(conv1(at.at(0), 3, 3), nn.gelu(), nn.dropout(at.at(1), { rate: 0.25 }))),
        nn.residual(nn.silu()),
      ),
    ),
  "joined branches": () =>
    network([2, 8, 2], (at) => {
      const [left, right] = [conv1(at.at(0), 2, 3), conv1(at.at(1), 2, 2)];
      return (x, context) => nn.concat(left(x, context), right(x, context), x);
    }),
  "a layer used three times": () =>
    network([2, 8, 3], (at) => {
      const shared = conv1(at.at(0), 3, 3);
      return nn.sequential(shared, nn.residual(shared), shared);
    }),
  "dense layers": () =>
    network([3, 5], (at) =>
      nn.sequential(
        nn.dense(at.at(0), { in: 5, out: 4, activation: "relu" }),
        nn.layerNorm(at.at(1), { channels: 4 }),
        nn.dense(at.at(2), { in: 4, out: 2 }),
      ),
    ),
  "split into several outputs, one of them unused": () => {
    const [a, b] = [variable([4, 6], "a"), variable([4, 2], "b")];
    const f = (): tf.Scalar => {
      const [first, , third] = tf.split(tf.tanh(a), 3, 1);
      return tf.sum<tf.Scalar>(tf.mul(tf.mul(first!, third!), b));
    };
    return { f, variables: [a, b] };
  },
  "unstacked and stacked": () => {
    const a = variable([3, 4], "a");
    const f = (): tf.Scalar => {
      const [x, y, z] = tf.unstack(a);
      return tf.sum<tf.Scalar>(tf.square(tf.stack([x!, tf.mul(x!, z!), x!, tf.exp(y!)])));
    };
    return { f, variables: [a] };
  },
  "one tensor as both inputs of a kernel": () => {
    const a = variable([5], "a");
    return { f: () => tf.sum<tf.Scalar>(tf.mul(tf.mul(a, a), tf.add(a, a))), variables: [a] };
  },
  "a side branch that the value does not use": () => {
    const a = variable([5], "a");
    const f = (): tf.Scalar => {
      const y = tf.exp(a);
      tf.softplus(tf.sigmoid(y));
      tf.log(tf.scalar(2));
      return tf.sum<tf.Scalar>(tf.mul(y, tf.scalar(3)));
    };
    return { f, variables: [a] };
  },
  "a gradient inside": () => {
    const a = variable([5], "a");
    const f = (): tf.Scalar => {
      const slope = tf.grad((x) => tf.mul(tf.mul(x, x), x))(a);
      return tf.sum<tf.Scalar>(tf.mul(slope, a));
    };
    return { f, variables: [a] };
  },
};

describe.each(Object.entries(cases))("gradients of %s", (_, build) => {
  it("equal those of tfjs to the last bit, and nothing else is left", () => {
    const before = tensors();
    const { f, variables, others = [] } = build();
    const start = tensors();
    const expected = tf.variableGrads(f, variables);
    const theirs = tensors();
    const { value, gradients } = valueAndGradients(f, variables);
    expect(tensors() - theirs).toBe(1 + variables.length);
    expect(value.dataSync()).toEqual(expected.value.dataSync());
    expect(gradients.map((g) => g.shape)).toEqual(variables.map((v) => v.shape));
    expect(gradients.map((g) => g.dataSync())).toEqual(variables.map((v) => expected.grads[v.name]!.dataSync()));
    tf.dispose([value, gradients, expected.value, expected.grads]);
    expect(tensors()).toBe(start);
    tf.dispose([variables, others]);
    expect(tensors()).toBe(before);
    expectCleanEngine();
  });

  it("are the surrounding scope's", () => {
    const { f, variables, others = [] } = build();
    const before = tensors();
    const kept = tf.tidy(() => valueAndGradients(f, variables).gradients[0]!);
    expect(tensors()).toBe(before + 1);
    expect(kept.isDisposed).toBe(false);
    tf.dispose([kept, variables, others]);
  });
});

describe("valueAndGradients", () => {
  it("gives zeros where the value does not depend on a variable", () => {
    const [a, b, c] = [variable([2], "a"), variable([2, 3], "b"), variable([3], "c")];
    const before = tensors();
    const { value, gradients } = valueAndGradients(() => tf.sum<tf.Scalar>(tf.square(c)), [a, b, c]);
    expect(tensors()).toBe(before + 4);
    expect(gradients.map((g) => g.shape)).toEqual([[2], [2, 3], [3]]);
    expect(gradients[1]!.dataSync()).toEqual(new Float32Array(6));
    expect(gradients[2]!.dataSync()).toEqual(c.dataSync().map((v) => 2 * v));
    tf.dispose([value, gradients, a, b, c]);
  });

  it("differentiates by a variable that is not marked as trainable", () => {
    const a = tf.tidy(() => tf.variable(tf.scalar(3), false));
    const { value, gradients } = valueAndGradients(() => tf.square(a) as tf.Scalar, [a]);
    expect(gradients[0]!.dataSync()[0]).toBe(6);
    tf.dispose([value, gradients, a]);
  });

  it("does not hand out the variable as its value", () => {
    const a = tf.tidy(() => tf.variable(tf.scalar(3))) as unknown as tf.Variable & tf.Scalar;
    const { value, gradients } = valueAndGradients(() => a, [a]);
    expect(gradients[0]!.dataSync()[0]).toBe(1);
    tf.dispose([value, gradients]);
    expect(a.dataSync()[0]).toBe(3);
    a.dispose();
  });

  it("computes no gradient of what depends on no variable", () => {
    const a = variable([4], "a");
    const asked: string[] = [];
    // Its second input is data: no gradient of it may be asked for.
    tf.registerGradient({
      kernelName: "TestScale",
      gradFunc: (dy) => ({
        x: () => (asked.push("x"), tf.mul(dy as tf.Tensor, 2)),
        data: () => (asked.push("data"), tf.clone(dy as tf.Tensor)),
      }),
    });
    tf.registerKernel({
      kernelName: "TestScale",
      backendName: "cpu",
      kernelFunc: ({ inputs }) => tf.mul(inputs["x"] as tf.Tensor, 2),
    });
    const data = random([4], "data");
    const { value, gradients } = valueAndGradients(
      () => tf.sum<tf.Scalar>(tf.engine().runKernel("TestScale", { x: a, data }) as tf.Tensor),
      [a],
    );
    expect(asked).toEqual(["x"]);
    expect(gradients[0]!.dataSync()).toEqual(new Float32Array([2, 2, 2, 2]));
    tf.unregisterGradient("TestScale");
    tf.unregisterKernel("TestScale", "cpu");
    tf.dispose([value, gradients, a, data]);
  });

  it("takes gradient functions that return what is not theirs to give", () => {
    const outside = tf.tensor1d([5, 6]);
    const same = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => dy }));
    const both = tf.customGrad((x, y) => ({
      value: tf.add(x as tf.Tensor, y as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => {
        const g = tf.mul(dy, 2);
        return [g, g];
      },
    }));
    const saved = tf.customGrad((x, save) => {
      (save as tf.GradSaveFunc)([x as tf.Tensor]);
      return { value: tf.clone(x as tf.Tensor), gradFunc: (_: tf.Tensor, [at]: tf.Tensor[]) => at! };
    });
    const given = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: () => outside }));
    let kept: tf.Tensor | undefined;
    const keeps = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => (kept = tf.keep(tf.mul(dy, 7))),
    }));
    const [a, b] = [variable([2], "a"), variable([2], "b")];
    const before = tensors();
    const { value, gradients } = valueAndGradients(
      () => tf.sum<tf.Scalar>(tf.add(both(same(tf.mul(a, 3)), same(tf.mul(a, 5))), tf.add(saved(b), given(keeps(b))))),
      [a, b],
    );
    expect(tensors()).toBe(before + 4);
    expect(gradients[0]!.dataSync()).toEqual(new Float32Array([16, 16]));
    expect(gradients[1]!.dataSync()).toEqual(Float32Array.from(b.dataSync(), (v, i) => Math.fround(v + [35, 42][i]!)));
    expect(kept!.dataSync()).toEqual(new Float32Array([35, 42]));
    kept!.dispose();
    expect(outside.dataSync()).toEqual(new Float32Array([5, 6]));
    tf.dispose([value, gradients, a, b, outside]);
  });

  it("works while an outer gradient is recorded, and leaves it what it saved", () => {
    const a = variable([3], "a");
    // Σ of the gradient by a of Σ (−a eˣ)³, differentiated by x: by tfjs within tfjs, and by ours within tfjs.
    const outer = (inner: (f: () => tf.Scalar) => tf.Tensor) =>
      tf.grad((x) =>
        inner(() => {
          const y = tf.mul(a, tf.neg(tf.exp(x)));
          return tf.sum<tf.Scalar>(tf.mul(tf.mul(y, y), y));
        }),
      );
    const x = random([3], "x");
    const before = tensors();
    const theirs = outer((f) => tf.variableGrads(f, [a]).grads[a.name]!)(x);
    const ours = outer((f) => valueAndGradients(f, [a]).gradients[0]!)(x);
    expect(ours.dataSync()).toEqual(theirs.dataSync());
    expect(tensors()).toBe(before + 2);
    expectCleanEngine();
    tf.dispose([a, x, theirs, ours]);
  });

  it("leaves an outer gradient what it saved even where it throws itself", () => {
    const [a, x] = [variable([3], "a"), random([3], "x")];
    const before = tensors();
    const slope = tf.grad((at) => {
      const y = tf.neg(tf.exp(at));
      expect(() => valueAndGradients(() => tf.square(y) as tf.Scalar, [a])).toThrow("not of a tensor of shape [3]");
      return y;
    })(x);
    expect(slope.dataSync()).toEqual(tf.tidy(() => tf.neg(tf.exp(x)).dataSync()));
    expect(tensors()).toBe(before + 1);
    expectCleanEngine();
    tf.dispose([a, x, slope]);
  });
});

describe("memory of the backward pass", () => {
  const layers = 20;
  const size = 1000;

  /** Bytes held each time one of the layers of a chain passes its gradient on, the last layer first. */
  function bytesOnTheWay(
    differentiate: (f: () => tf.Scalar, variables: tf.Variable[]) => unknown,
    weights: "own" | "shared",
  ): number[] {
    const variables = Array.from({ length: weights === "own" ? layers : 1 }, (_, i) => variable([size], `layer ${i}`));
    const bytes: number[] = [];
    const layer = tf.customGrad((x, w, save) => {
      (save as tf.GradSaveFunc)([x as tf.Tensor, w as tf.Tensor]);
      return {
        value: tf.mul(x as tf.Tensor, w as tf.Tensor),
        gradFunc: (dy: tf.Tensor, [at, weight]: tf.Tensor[]) => {
          bytes.push(tf.memory().numBytes);
          return [tf.mul(dy, weight!), tf.mul(dy, at!)];
        },
      };
    });
    const start = tf.memory().numBytes;
    tf.dispose(
      differentiate(
        () =>
          tf.tidy(() => {
            let x: tf.Tensor = tf.ones([size]);
            for (let i = 0; i < layers; i++) x = layer(x, variables[i % variables.length]!);
            return tf.sum<tf.Scalar>(x);
          }),
        variables,
      ) as tf.TensorContainer,
    );
    expect(tf.memory().numBytes).toBe(start);
    tf.dispose(variables);
    return bytes.map((b) => b - start);
  }

  it("falls with every layer, where tfjs's rises", () => {
    const ours = bytesOnTheWay(valueAndGradients, "own");
    const theirs = bytesOnTheWay(tf.variableGrads, "own");
    expect(ours).toHaveLength(layers);
    // Two saved handles of `size` floats go, and one gradient stays.
    const steps = ours.slice(1).map((b, i) => b - ours[i]!);
    expect(new Set(steps)).toEqual(new Set([-4 * size]));
    expect(theirs.slice(1).every((b, i) => b > theirs[i]!)).toBe(true);
    expect(Math.max(...ours)).toBeLessThan(0.6 * Math.max(...theirs));
  });

  it("falls where all layers add to the gradient of one variable", () => {
    const bytes = bytesOnTheWay(valueAndGradients, "shared");
    // Once there is a gradient of the variable, its sum with the next takes no more.
    const steps = bytes.slice(2).map((b, i) => b - bytes[i + 1]!);
    expect(new Set(steps)).toEqual(new Set([-8 * size]));
  });
});

describe("when something throws", () => {
  const failure = new Error("as planned");
  const fail = (): never => {
    throw failure;
  };
  const failsBackward = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return { value: tf.mul(x as tf.Tensor, 2), gradFunc: fail };
  });
  const failsAfterSaving = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return fail();
  });
  const wrongShape = tf.customGrad((x) => ({
    value: tf.mul(x as tf.Tensor, 2),
    gradFunc: () => tf.zeros([7]),
  }));
  const some = (a: tf.Tensor): tf.Tensor => tf.exp(tf.mul(tf.sin(a), a));
  const total = (x: tf.Tensor): tf.Scalar => tf.sum<tf.Scalar>(x);

  const failures: Record<string, [(a: tf.Variable) => tf.Scalar, string]> = {
    "the function": [(a) => (some(a), fail()), "as planned"],
    "the function, after it had differentiated": [(a) => (tf.grad((x) => tf.mul(x, x))(some(a)), fail()), "as planned"],
    "a gradient inside the function": [
      (a) => total(tf.grad((x) => failsBackward(tf.mul(x, x)))(some(a))),
      "as planned",
    ],
    "one of ours inside the function": [
      (a) => total(valueAndGradients(() => total(failsBackward(some(a))), [a]).gradients[0]!),
      "as planned",
    ],
    "an operation that had saved tensors": [(a) => total(failsAfterSaving(some(a))), "as planned"],
    "a gradient function": [(a) => total(tf.square(failsBackward(some(a)))), "as planned"],
    "a gradient of the wrong shape": [(a) => total(tf.square(wrongShape(some(a)))), "must be float32 of shape [4]"],
    "a kernel without gradient": [(a) => total(tf.cumprod(some(a))), "Cumprod has no gradient"],
    "a value that is no scalar": [(a) => some(a) as tf.Scalar, "not of a tensor of shape [4]"],
    "a value that is no tensor": [(a) => (some(a), 3) as unknown as tf.Scalar, "not of 3"],
    "a value that depends on no variable": [(a) => (some(a), tf.scalar(3)), "does not depend on any"],
  };

  it.each(Object.entries(failures))("in %s, nothing is left behind", (_, [f, message]) => {
    const a = variable([4], "a");
    const before = tensors();
    expect(() => valueAndGradients(() => f(a), [a])).toThrow(message);
    expect(tensors()).toBe(before);
    expectCleanEngine();

    const inside = tf.tidy(() => {
      expect(() => valueAndGradients(() => f(a), [a])).toThrow(message);
      const left = tensors();
      expect(tf.engine().state.scopeStack.length).toBe(1);
      return left;
    });
    expect(inside).toBe(before);
    expectCleanEngine();

    // And the next gradient is right.
    const { value, gradients } = valueAndGradients(() => total(tf.square(a)), [a]);
    expect(gradients[0]!.dataSync()).toEqual(a.dataSync().map((v) => 2 * v));
    tf.dispose([value, gradients, a]);
  });

  it("leaves what the function kept to its owner", () => {
    const a = variable([4], "a");
    const before = tensors();
    let kept: tf.Tensor | undefined;
    expect(() =>
      valueAndGradients(() => {
        kept = tf.keep(tf.clone(some(a)));
        return fail();
      }, [a]),
    ).toThrow(failure);
    expect(tensors()).toBe(before + 1);
    expect(kept!.isDisposed).toBe(false);
    tf.dispose([kept!, a]);
  });

  it("a failed step of training frees its batch and the updates of buffers", async () => {
    const weight = variable([2], "weight");
    const before = tensors();
    const run = {
      model: {
        parameters: [{ name: "weight", variable: weight, trainable: true, decay: true }],
        apply: (x: tf.Tensor, context: ForwardContext) => {
          const y = tf.tanh(tf.mul(x, weight));
          context.update(weight, tf.mean(y, 0));
          return failsBackward(y);
        },
      },
      loss: { compute: (output: tf.Tensor) => total(output) },
      schedule: { rate: () => 1e-3 },
      batches: () => [{ input: tf.ones([3, 2]), target: tf.ones([3, 2]), ids: ["a", "b", "c"] }],
      epochs: 1,
      stepsPerEpoch: 1,
      seed: 0,
      earlyStopping: null,
      callbacks: [],
      progress: startOfRun(),
    };
    await expect(train(run as unknown as Training)).rejects.toThrow(failure);
    expect(tensors()).toBe(before);
    expectCleanEngine();
    weight.dispose();
  });

  it("says so where tfjs's engine is another", () => {
    const engine = tf.engine() as unknown as { startTape?: unknown };
    engine.startTape = null;
    try {
      valueAndGradients(() => tf.scalar(1), []);
      expect.unreachable();
    } catch (error) {
      if (!isSpectraiError(error)) throw error;
      expect(error.code).toBe("SPECTRAI_INTERNAL");
      expect(error.message).toContain(`@tensorflow/tfjs-core ${tf.version_core}`);
    } finally {
      delete engine.startTape;
    }
  });
});
