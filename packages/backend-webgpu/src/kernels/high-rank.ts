import * as tf from "@tensorflow/tfjs-core";
import { backendName } from "../backend.ts";
import { type Call, replace } from "./kernel.ts";

/** Kernels of two tensors that are stretched to each other's shape, with the names of their inputs. */
const broadcasting: Readonly<Record<string, readonly [string, string]>> = {
  ...Object.fromEntries(
    [
      "Add",
      "Atan2",
      "Equal",
      "FloorDiv",
      "Greater",
      "GreaterEqual",
      "Less",
      "LessEqual",
      "LogicalAnd",
      "LogicalOr",
      "Maximum",
      "Minimum",
      "Mod",
      "Multiply",
      "NotEqual",
      "Pow",
      "RealDiv",
      "SquaredDifference",
      "Sub",
    ].map((name) => [name, ["a", "b"] as const]),
  ),
  Prelu: ["x", "alpha"],
};

const reshaped = (x: tf.TensorInfo, shape: number[]): tf.TensorInfo => ({ dataId: x.dataId, dtype: x.dtype, shape });

/** With ones in front: tfjs's shaders of five and six dimensions want as many of both tensors. */
const ofRank = (x: tf.TensorInfo, rank: number): tf.TensorInfo =>
  x.shape.length === rank ? x : reshaped(x, [...Array.from({ length: rank - x.shape.length }, () => 1), ...x.shape]);

type Kernel = (call: Call) => tf.TensorInfo;
const registered = (name: string): Kernel => tf.getKernel(name, backendName).kernelFunc as unknown as Kernel;

/** Lets tfjs's kernels do more than four dimensions where their shaders do not. */
export function registerHighRanks(): void {
  for (const [name, [first, second]] of Object.entries(broadcasting)) {
    const kernel = registered(name);
    replace(name, (call) => {
      const { [first]: a, [second]: b } = call.inputs as Record<string, tf.TensorInfo>;
      const rank = Math.max(a!.shape.length, b!.shape.length);
      if (rank < 5 || a!.shape.length === b!.shape.length) return kernel(call);
      return kernel({ ...call, inputs: { [first]: ofRank(a!, rank), [second]: ofRank(b!, rank) } });
    });
  }
  const select = registered("Select");
  replace("Select", (call) => {
    const { condition, t, e } = call.inputs as Record<string, tf.TensorInfo>;
    if (t!.shape.length < 5) return select(call);
    // The condition is of the values' shape, or of their first dimension.
    const size = tf.util.sizeFromShape(t!.shape);
    const rows = condition!.shape.length === 1 ? [condition!.shape[0]!, size / condition!.shape[0]!] : [size];
    const flat = select({
      ...call,
      inputs: {
        condition: reshaped(condition!, condition!.shape.length === 1 ? condition!.shape : [size]),
        t: reshaped(t!, rows),
        e: reshaped(e!, rows),
      },
    });
    return reshaped(flat, t!.shape);
  });
  const reverse = registered("Reverse");
  replace("Reverse", (call) => {
    const { x } = call.inputs as Record<string, tf.TensorInfo>;
    const { shape } = x!;
    if (shape.length < 5) return reverse(call);
    let result: tf.TensorInfo | undefined;
    for (const axis of tf.util.parseAxisParam(call.attrs["dims"] as number[], shape)) {
      const around = [shape.slice(0, axis), shape.slice(axis + 1)].map((part) => tf.util.sizeFromShape(part));
      const seen = reshaped(result ?? x!, [around[0]!, shape[axis]!, around[1]!]);
      const next = reverse({ ...call, inputs: { x: seen }, attrs: { dims: [1] } });
      if (result) call.backend.disposeData(result.dataId);
      result = next;
    }
    if (result) return reshaped(result, shape);
    call.backend.incRef(x!.dataId);
    return x!;
  });
}
