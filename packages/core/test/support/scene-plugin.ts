import * as tf from "@tensorflow/tfjs-core";
import {
  type Axis,
  defineComponent,
  definePlugin,
  imageDataset,
  type ImageInfo,
  linearAxis,
  type Model,
  type Plugin,
  type Rectangle,
  spectralArray,
  type Target,
} from "@spectrai/core";
import { z } from "zod";

export const bands = 3;
const axis: Axis = linearAxis(400, 800, bands, "nm");

/** The value of a pixel's band: every one is another. */
export const valueAt = (image: number, y: number, x: number, b: number): number => image * 1e5 + y * 1000 + x * 10 + b;

/** The label of a pixel: three classes in diagonal stripes, and no label in the first column. */
export const labelAt = (y: number, x: number): number => (x === 0 ? -1 : (y + x) % 3);

export const sceneSchema = z.strictObject({
  images: z.int().min(1).default(1),
  height: z.int().min(1).default(20),
  width: z.int().min(1).default(30),
  target: z.enum(["mask", "none"]).default("mask"),
  patch: z.int().optional(),
  stride: z.int().optional(),
  patches: z.enum(["grid", "random"]).default("grid"),
  perEpoch: z.int().optional(),
  balance: z.boolean().default(false),
  evaluationPatch: z.int().default(128),
  /** Pixels of this column have no data. */
  missing: z.int().default(-1),
});

/** Images whose values tell where they are from. */
export const scene = defineComponent({
  kind: "dataset",
  name: "scene",
  summary: "Images that can be divided.",
  schema: sceneSchema,
  create: ({ images, height, width, target, missing, ...rest }) => {
    const infos = Array.from({ length: images }, (_, i): ImageInfo => ({
      id: `image-${i}`,
      group: `g${i}`,
      height,
      width,
    }));
    const cells = <T extends Float64Array | Int32Array>(
      { y0, y1, x0, x1 }: Rectangle,
      per: number,
      data: T,
      value: (y: number, x: number, b: number) => number,
    ): T => {
      let at = 0;
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) for (let b = 0; b < per; b++) data[at++] = value(y, x, b);
      return data;
    };
    const pixels = ({ y0, y1, x0, x1 }: Rectangle): number => (y1 - y0) * (x1 - x0);
    const labels = (window: Rectangle) => ({
      data: cells(window, 1, new Int32Array(pixels(window)), labelAt),
      shape: [window.y1 - window.y0, window.x1 - window.x0],
      dtype: "int32" as const,
      ignored: -1,
    });
    const { patch, stride, perEpoch, ...others } = rest;
    return imageDataset(
      {
        source: "scene",
        spec: {
          data: "cube",
          shape: [height, width, bands],
          axis,
          target: target === "mask" ? { kind: "mask", classes: ["a", "b", "c"], ignored: -1 } : { kind: "none" },
        },
        images: infos,
        read: (image, window) => {
          const data = cells(window, bands, new Float64Array(pixels(window) * bands), (y, x, b) =>
            valueAt(image, y, x, b),
          );
          const shape = [window.y1 - window.y0, window.x1 - window.x0, bands];
          const valid =
            missing < 0
              ? undefined
              : Uint8Array.from(cells(window, 1, new Int32Array(pixels(window)), (_, x) => (x === missing ? 0 : 1)));
          const own: Target = target === "mask" ? { kind: "mask", value: labels(window) } : { kind: "none" };
          return Promise.resolve({ input: spectralArray(data, shape, axis, valid), target: own });
        },
        ...(target === "mask"
          ? {
              labels: (_, [y0, y1] = [0, height]) => Promise.resolve(labels({ y0, y1, x0: 0, x1: width })),
            }
          : {}),
      },
      {
        ...others,
        ...(patch === undefined ? {} : { patch }),
        ...(stride === undefined ? {} : { stride }),
        ...(perEpoch === undefined ? {} : { perEpoch }),
        seed: 1,
      },
    );
  },
});

/** A 3 × 3 convolution with zero padding, to spectra or classes: it has a receptive field. */
export const smallConvolution = defineComponent({
  kind: "model",
  name: "small-convolution",
  summary: "One convolution.",
  schema: z.strictObject({ step: z.int().min(1).default(1) }),
  create: ({ step }) => ({
    build(spec, init): Model {
      const input = spec.input.at(-1)!;
      const out =
        spec.output.kind === "mask"
          ? spec.output.classes
          : spec.output.kind === "spectral"
            ? spec.output.shape.at(-1)!
            : 1;
      const weights = Float32Array.from({ length: 9 * input * out }, () => init.normal(0, 0.2));
      const kernel = tf.tidy(() => tf.variable(tf.tensor4d(weights, [3, 3, input, out])));
      return {
        parameters: [{ name: "kernel", variable: kernel, trainable: true, decay: true }],
        receptiveField: [3, 3],
        gridStep: [step, step],
        apply: (x) => tf.conv2d(x as tf.Tensor4D, kernel as unknown as tf.Tensor4D, 1, "same"),
        dispose: () => kernel.dispose(),
      };
    },
  }),
});

/** Mean squared distance of the outputs from one-hot labels. */
export const distanceToLabels = defineComponent({
  kind: "loss",
  name: "distance-to-labels",
  summary: "Squared distance from one-hot labels.",
  schema: z.strictObject({}),
  create: () => ({
    compute: (output, target) =>
      tf.mean(
        tf.squaredDifference(output, tf.oneHot(tf.cast(tf.relu(target), "int32"), output.shape.at(-1)!)),
      ) as tf.Scalar,
  }),
});

/** Adds one number, drawn anew, to all values of the input. */
export const shiftNoise = defineComponent({
  kind: "augmentation",
  name: "shift-noise",
  summary: "Add a random number.",
  schema: z.strictObject({}),
  create: () => ({
    scope: "sample",
    affects: "value",
    on: "input",
    sample: (_, rng) => ({ by: rng.next() }),
    apply: (x, { by }) => ({ ...x, data: x.data.map((v) => v + (by as number)) }),
  }),
});

/** Every second pixel. */
export const everySecond = defineComponent({
  kind: "augmentation",
  name: "every-second",
  summary: "Take every second pixel.",
  schema: z.strictObject({}),
  create: () => ({
    scope: "sample",
    affects: "spatial",
    on: "input",
    scale: 2,
    sample: () => ({}),
    apply: (x) => {
      const [h, w, n] = x.shape as [number, number, number];
      const data = new Float64Array((h / 2) * (w / 2) * n);
      for (let y = 0, at = 0; y < h; y += 2)
        for (let c = 0; c < w; c += 2) for (let b = 0; b < n; b++) data[at++] = x.data[(y * w + c) * n + b]!;
      return spectralArray(data, [h / 2, w / 2, n], x.axis);
    },
  }),
});

/** Divides by the largest value of the training part. */
export const trainingScale = defineComponent({
  kind: "transform",
  name: "training-scale",
  summary: "Divide by the largest training value.",
  schema: z.strictObject({}),
  create: () => ({
    affects: "value",
    fit: (train) => {
      let top = 0;
      for (const { data } of train) for (const v of data) top = Math.max(top, v);
      return { top };
    },
    apply: (x, state) => ({ ...x, data: x.data.map((v) => v / (state!["top"] as number)) }),
    inverse: (y, _, state) => ({ ...y, data: y.data.map((v) => v * (state!["top"] as number)) }),
  }),
});

export const scenePlugin: Plugin = definePlugin({
  name: "scene",
  version: "1.0.0",
  core: ">=0.1.0 <1",
  components: [scene, smallConvolution, distanceToLabels, shiftNoise, everySecond, trainingScale],
});
