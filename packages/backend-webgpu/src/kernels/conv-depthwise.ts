import type * as tf from "@tensorflow/tfjs-core";
import type { WebGpu } from "../backend.ts";
import { type Binding, dispatch, groupsFor, output, type Shader } from "../program.ts";
import { type Conv2DAttrs, named, namedTypes, type Plan, planeOf, product } from "./conv-plan.ts";
import { type Ending, endingOf, endingPart, finished, plainEnding } from "./gemm-ending.ts";
import { sumPartials } from "./gemm-sum.ts";
import { type Call, replace } from "./kernel.ts";

const sizes = {
  batch: "u32",
  channels: "u32",
  times: "u32",
  ...namedTypes("u32", "size", "places", "taps"),
  ...namedTypes("i32", "step", "before", "tapStep"),
} as const;

const sizesOf = ({ batch, inChannels, outChannels, from, to, kernel, strides, before, dilations }: Plan) => ({
  batch,
  channels: inChannels,
  times: outChannels / inChannels,
  ...named("size", from),
  ...named("places", to),
  ...named("taps", kernel),
  ...named("step", strides),
  ...named("before", before),
  ...named("tapStep", dilations),
});

const shaders = new Map<string, Shader>();

function shaderOf(key: string, make: () => Omit<Shader, "key">): Shader {
  let shader = shaders.get(key);
  if (!shader) {
    shader = { key, ...make() };
    shaders.set(key, shader);
  }
  return shader;
}

const valuesOf = (shader: Shader, values: Readonly<Record<string, number>>): number[] =>
  Object.keys(shader.scalars).map((name) => values[name]!);

const read = (name: string): Binding => ({ name, type: "f32" });
const result: Binding = { name: "result", type: "f32", written: true };

/** Position of a tap's input along an axis, and whether it is within it. */
const inputAt = (axis: "H" | "W", place: string, tap: string): string =>
  `i32(${place}) * scalars.step${axis} - scalars.before${axis} + i32(${tap}) * scalars.tapStep${axis}`;

/** One thread for each element of the output; neighbours are neighbouring channels. Floor: reading `x` and writing the output. */
function forward(backend: WebGpu, plan: Plan, x: tf.TensorInfo, filter: tf.TensorInfo, ending: Ending): tf.TensorInfo {
  return finished(backend, ending, plan.outChannels, (own) => {
    const y = output(backend, plan.output);
    const size = product(plan.output);
    if (size === 0) return y;
    const part = endingPart(own);
    const shader = shaderOf(`depthwise convolution, ${part.key}`, () => ({
      bindings: [read("x"), read("weights"), ...part.bindings, result],
      scalars: { ...sizes, ...part.scalars },
      code: `
      ${part.code}
      @compute @workgroup_size(64)
      fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
        let at = flat(id, groups);
        let wide = scalars.channels * scalars.times;
        if (at >= scalars.batch * scalars.placesH * scalars.placesW * wide) { return; }
        let column = at % wide;
        let channel = column / scalars.times;
        let row = at / wide;
        let w = row % scalars.placesW;
        let h = row / scalars.placesW % scalars.placesH;
        let n = row / scalars.placesW / scalars.placesH;
        var sum = 0.0;
        for (var tapH = 0u; tapH < scalars.tapsH; tapH++) {
          let fromH = ${inputAt("H", "h", "tapH")};
          if (u32(fromH) >= scalars.sizeH) { continue; }
          for (var tapW = 0u; tapW < scalars.tapsW; tapW++) {
            let fromW = ${inputAt("W", "w", "tapW")};
            if (u32(fromW) >= scalars.sizeW) { continue; }
            sum += x[((n * scalars.sizeH + u32(fromH)) * scalars.sizeW + u32(fromW)) * scalars.channels + channel]
              * weights[(tapH * scalars.tapsW + tapW) * wide + column];
          }
        }
        result[at] = finish(sum, column);
      }`,
    }));
    dispatch(
      backend,
      shader,
      [x, filter, ...part.tensors, y],
      valuesOf(shader, { ...sizesOf(plan), ...part.values }),
      groupsFor(backend, size),
    );
    return y;
  });
}

/** One thread for each element of the input, over the taps that reach it. Floor: reading `dy` and writing the gradient. */
function inputGradient(
  backend: WebGpu,
  plan: Plan,
  shape: readonly number[],
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
): tf.TensorInfo {
  const dx = output(backend, shape);
  const size = product(shape);
  if (size === 0) return dx;
  const shader = shaderOf("depthwise convolution, input", () => ({
    bindings: [read("dy"), read("weights"), result],
    scalars: sizes,
    code: `
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
      let at = flat(id, groups);
      if (at >= scalars.batch * scalars.sizeH * scalars.sizeW * scalars.channels) { return; }
      let channel = at % scalars.channels;
      let row = at / scalars.channels;
      let w = i32(row % scalars.sizeW);
      let h = i32(row / scalars.sizeW % scalars.sizeH);
      let n = row / scalars.sizeW / scalars.sizeH;
      let wide = scalars.channels * scalars.times;
      var sum = 0.0;
      for (var tapH = 0u; tapH < scalars.tapsH; tapH++) {
        let farH = h + scalars.beforeH - i32(tapH) * scalars.tapStepH;
        if (farH < 0 || farH % scalars.stepH != 0 || u32(farH / scalars.stepH) >= scalars.placesH) { continue; }
        for (var tapW = 0u; tapW < scalars.tapsW; tapW++) {
          let farW = w + scalars.beforeW - i32(tapW) * scalars.tapStepW;
          if (farW < 0 || farW % scalars.stepW != 0 || u32(farW / scalars.stepW) >= scalars.placesW) { continue; }
          let place = (n * scalars.placesH + u32(farH / scalars.stepH)) * scalars.placesW + u32(farW / scalars.stepW);
          for (var i = channel * scalars.times; i < (channel + 1u) * scalars.times; i++) {
            sum += dy[place * wide + i] * weights[(tapH * scalars.tapsW + tapW) * wide + i];
          }
        }
      }
      result[at] = sum;
    }`,
  }));
  dispatch(backend, shader, [dy, filter, dx], valuesOf(shader, sizesOf(plan)), groupsFor(backend, size));
  return dx;
}

/** Places of the output that one thread sums over, at least; shares of all places, at most. */
const leastShare = 64;
const mostShares = 1024;

/**
 * One thread for each element of the filter and each share of the output's places; then the sum over shares. Floor: reading
 * `x` and `dy` once for each tap.
 */
function filterGradient(
  backend: WebGpu,
  plan: Plan,
  shape: readonly number[],
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
): tf.TensorInfo {
  const gradient = output(backend, shape);
  const size = product(shape);
  if (size === 0) return gradient;
  const places = plan.batch * product(plan.to);
  const share = Math.max(leastShare, Math.ceil(places / mostShares));
  const shares = Math.max(1, Math.ceil(places / share));
  const shader = shaderOf("depthwise convolution, filter", () => ({
    bindings: [read("x"), read("dy"), result],
    scalars: { ...sizes, share: "u32", shares: "u32", all: "u32" },
    code: `
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
      let at = flat(id, groups);
      let wide = scalars.channels * scalars.times;
      let elements = scalars.tapsH * scalars.tapsW * wide;
      if (at >= elements * scalars.shares) { return; }
      let column = at % wide;
      let channel = column / scalars.times;
      let tapW = at / wide % scalars.tapsW;
      let tapH = at / wide / scalars.tapsW % scalars.tapsH;
      let first = at / elements * scalars.share;
      var w = first % scalars.placesW;
      var h = first / scalars.placesW % scalars.placesH;
      var n = first / scalars.placesW / scalars.placesH;
      var sum = 0.0;
      for (var place = first; place < min(first + scalars.share, scalars.all); place++) {
        let fromH = ${inputAt("H", "h", "tapH")};
        let fromW = ${inputAt("W", "w", "tapW")};
        if (u32(fromH) < scalars.sizeH && u32(fromW) < scalars.sizeW) {
          sum += x[((n * scalars.sizeH + u32(fromH)) * scalars.sizeW + u32(fromW)) * scalars.channels + channel] * dy[place * wide + column];
        }
        w++;
        if (w == scalars.placesW) { w = 0u; h++; }
        if (h == scalars.placesH) { h = 0u; n++; }
      }
      result[at] = sum;
    }`,
  }));
  const partials = shares > 1 ? output(backend, [shares, size]) : gradient;
  const values = valuesOf(shader, { ...sizesOf(plan), share, shares, all: places });
  dispatch(backend, shader, [x, dy, partials], values, groupsFor(backend, shares * size));
  if (shares === 1) return gradient;
  sumPartials(backend, partials, shares, size, plan.outChannels, plainEnding, gradient);
  backend.disposeData(partials.dataId);
  return gradient;
}

type Tensors = Readonly<Record<"x" | "dy" | "filter", tf.TensorInfo>>;
type Shapes = { readonly inputShape: readonly number[]; readonly filterShape: readonly number[] };

/** One filter for each channel, in place of tfjs's kernels: that of the filter's gradient has one thread for each element of it. */
export function registerDepthwise(): void {
  const parts = ({ inputs, attrs }: Call) => ({
    ...(inputs as Tensors),
    ...(attrs as unknown as Shapes),
    attrs: attrs as unknown as Conv2DAttrs,
  });
  replace("DepthwiseConv2dNative", (call) => {
    const { x, filter, attrs } = parts(call);
    return forward(call.backend, planeOf(x.shape, filter.shape, attrs, true), x, filter, plainEnding);
  });
  replace("FusedDepthwiseConv2D", (call) => {
    const { x, filter, attrs } = parts(call);
    return forward(call.backend, planeOf(x.shape, filter.shape, attrs, true), x, filter, endingOf(call.inputs, attrs));
  });
  replace("DepthwiseConv2dNativeBackpropInput", (call) => {
    const { dy, filter, inputShape, attrs } = parts(call);
    return inputGradient(call.backend, planeOf(inputShape, filter.shape, attrs, true), inputShape, dy, filter);
  });
  replace("DepthwiseConv2dNativeBackpropFilter", (call) => {
    const { x, dy, filterShape, attrs } = parts(call);
    return filterGradient(call.backend, planeOf(x.shape, filterShape, attrs, true), filterShape, x, dy);
  });
}
