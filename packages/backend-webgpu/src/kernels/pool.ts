import * as tf from "@tensorflow/tfjs-core";
import { backendName, type WebGpu } from "../backend.ts";
import { dispatch, output } from "../program.ts";
import { gridOf } from "./grid.ts";
import { type Call, replace } from "./kernel.ts";
import { cellGradient, type Kept, type Lanes, maximum, pointGradient, windowValues } from "./pool-shaders.ts";
import {
  meanTaps,
  meanTapsBackwards,
  planeWindows,
  type PoolAttributes,
  pooledShape,
  pooledSizes,
  volumeWindows,
  type Windows,
} from "./pool-windows.ts";
import { resample } from "./resample.ts";

const lanesOf = (channels: number): Lanes => (channels % 4 === 0 ? 4 : 1);
const empty = (t: tf.TensorInfo): boolean => tf.util.sizeFromShape(t.shape) === 0;

/** Of equal values tfjs takes the first on planes, and the last in volumes. */
const takesLast = ({ dimension }: Windows): boolean => dimension === 3;

/** The largest of each window, or what else is kept of it. */
function maxima(backend: WebGpu, windows: Windows, x: tf.TensorInfo, kept: Kept): tf.TensorInfo[] {
  const shape = pooledShape(windows);
  const type = x.dtype === "float32" ? "f32" : "i32";
  const outputs = [
    ...(kept === "position" ? [] : [output(backend, shape, x.dtype)]),
    ...(kept === "value" ? [] : [output(backend, shape, "int32")]),
  ];
  if (empty(outputs[0]!)) return outputs;
  const lanes = type === "f32" ? lanesOf(windows.channels) : 1;
  const columns = (windows.to[2] * windows.channels) / lanes;
  const rows = windows.batch * windows.to[0] * windows.to[1];
  const grid = gridOf(backend, columns, rows);
  const shader = maximum({ kept, type, lanes, last: takesLast(windows) });
  const lowest = type === "f32" ? -Infinity : -(2 ** 31);
  dispatch(backend, shader, [x, ...outputs], [...windowValues(windows, grid, lanes), lowest], grid.groups);
  return outputs;
}

function maximumGradient(backend: WebGpu, windows: Windows, dy: tf.TensorInfo, x: tf.TensorInfo): tf.TensorInfo {
  const dx = output(backend, x.shape);
  if (empty(x)) return dx;
  const lanes = lanesOf(windows.channels);
  const { batch, from, size, stride, before } = windows;
  if (size.every((n, d) => n <= stride[d]!)) {
    const cells = windows.to.map((n, d) => Math.max(n, Math.ceil((from[d]! + before[d]!) / stride[d]!)));
    const columns = (cells[2]! * windows.channels) / lanes;
    const rows = batch * cells[0]! * cells[1]!;
    const grid = gridOf(backend, columns, rows);
    const scalars = [...windowValues(windows, grid, lanes), cells[0]!, cells[1]!, -Infinity];
    dispatch(backend, cellGradient(lanes, takesLast(windows)), [dy, x, dx], scalars, grid.groups);
    return dx;
  }
  const [places] = maxima(backend, windows, x, "position") as [tf.TensorInfo];
  const columns = (from[2] * windows.channels) / lanes;
  const rows = batch * from[0] * from[1];
  const grid = gridOf(backend, columns, rows);
  const scalars = windowValues(windows, grid, lanes);
  dispatch(backend, pointGradient(lanes), [dy, places, dx], scalars, grid.groups);
  backend.disposeData(places.dataId);
  return dx;
}

const attributesOf = ({ attrs }: Call): PoolAttributes => attrs as unknown as PoolAttributes;

/** Pooling of tfjs. Gradients of padded averages are right here, where tfjs's own divide by whole windows. */
export function registerPooling(): void {
  for (const [end, windowsOf] of [
    ["", planeWindows],
    ["3D", volumeWindows],
  ] as const) {
    replace(`MaxPool${end}`, (call) => {
      const { x } = call.inputs as { readonly x: tf.TensorInfo };
      return maxima(call.backend, windowsOf(x.shape, attributesOf(call)), x, "value")[0]!;
    });
    replace(`MaxPool${end}Grad`, (call) => {
      const { dy, input } = call.inputs as { readonly dy: tf.TensorInfo; readonly input: tf.TensorInfo };
      return maximumGradient(call.backend, windowsOf(input.shape, attributesOf(call)), dy, input);
    });
    const ofIntegers = tf.getKernel(`AvgPool${end}`, backendName).kernelFunc as unknown as (
      call: Call,
    ) => tf.TensorInfo;
    replace(`AvgPool${end}`, (call) => {
      const { x } = call.inputs as { readonly x: tf.TensorInfo };
      if (x.dtype !== "float32") return ofIntegers(call);
      const windows = windowsOf(x.shape, attributesOf(call));
      return resample(call.backend, x, pooledSizes(windows), meanTaps(windows));
    });
    replace(`AvgPool${end}Grad`, (call) => {
      const { dy, input } = call.inputs as { readonly dy: tf.TensorInfo; readonly input: tf.TensorInfo };
      const windows = windowsOf(input.shape, attributesOf(call));
      return resample(call.backend, dy, input.shape.slice(1, -1), meanTapsBackwards(windows));
    });
  }
  replace("MaxPoolWithArgmax", (call) => {
    const { x } = call.inputs as { readonly x: tf.TensorInfo };
    const attributes = attributesOf(call);
    const kept = attributes.includeBatchInIndex ? "value and index in batch" : "value and index";
    return maxima(call.backend, planeWindows(x.shape, attributes), x, kept);
  });
}
