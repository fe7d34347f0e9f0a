import * as tf from "@tensorflow/tfjs-core";
import { type Component, type Model, type ModelSpec, rng } from "@spectrai/core";
import { expectAllClose } from "@spectrai/testing";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect } from "vitest";
import { networkToOnnx, type NetworkOnnx, type NetworkOnnxOptions } from "../../src/onnx/network-to-onnx.ts";

const context = { training: false, seed: 0, update: () => undefined };

/** A network with random weights, also where it starts with zeros or ones, so that every parameter shows in the output. */
export async function randomModel(component: Component<"model">, options: object, spec: ModelSpec): Promise<Model> {
  await tf.ready();
  const parsed = await component.schema["~standard"].validate(options);
  if (parsed.issues) throw new Error(JSON.stringify(parsed.issues));
  const architecture = await component.create(parsed.value, {} as never);
  const model = architecture.build(spec, rng("onnx", component.name));
  for (const { name, variable } of model.parameters) {
    const random = rng("onnx", component.name, name);
    const values = variable.dataSync();
    const isVariance = name.endsWith("running_var");
    const isVector = variable.rank <= 1;
    const next = values.map((v) =>
      isVariance
        ? random.uniform(0.5, 1.5)
        : isVector
          ? v + random.uniform(-0.1, 0.1)
          : v === 0
            ? random.uniform(-0.1, 0.1)
            : v,
    );
    tf.tidy(() => variable.assign(tf.tensor(next, variable.shape)));
  }
  return model;
}

/** Relative to the largest value: the two add up in another order, in float32 both. */
export const tolerance = 1e-5;

/** Runs the file in onnxruntime at each shape and compares with the network itself. */
export async function expectSameInOnnx(
  bytes: Uint8Array,
  apply: (x: tf.Tensor) => tf.Tensor,
  shapes: readonly (readonly number[])[],
  rtol = tolerance,
): Promise<void> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  for (const shape of shapes) {
    const random = rng("onnx input", ...shape);
    const values = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => random.uniform(-1, 1));
    const [expected, size] = tf.tidy(() => {
      const y = apply(tf.tensor(values, [...shape]));
      return [y.dataSync(), y.shape] as const;
    });
    const result = (await session.run({ [input]: new Tensor("float32", values, shape) }))[output]!;
    expect(result.dims, `at [${shape.join(", ")}]`).toEqual(size);
    expectAllClose(result.data as Float32Array, expected, { rtol });
  }
  await session.release();
}

/** Exports a network and compares it at the shapes. */
export async function checkExport(
  component: Component<"model">,
  options: object,
  spec: ModelSpec,
  shapes: readonly (readonly number[])[],
  how: NetworkOnnxOptions = {},
): Promise<NetworkOnnx> {
  const model = await randomModel(component, options, spec);
  try {
    const written = networkToOnnx(model, spec, how);
    await expectSameInOnnx(written.bytes, (x) => model.apply(x, context), shapes);
    return written;
  } finally {
    model.dispose();
  }
}
