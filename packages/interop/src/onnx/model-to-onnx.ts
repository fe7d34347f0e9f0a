import * as tf from "@tensorflow/tfjs-core";
import { axisToJson, type LoadedModel, type ModelCard, type ModelSpec, readoutOf } from "@spectrai/core";
import { networkToOnnx, type NetworkOnnx } from "./network-to-onnx.ts";

export interface ModelOnnxOptions {
  /** ONNX operator set, 17 to 22. Default 17. */
  readonly opset?: number;
  /** End classifiers in a softmax over the classes, at the temperature the model file keeps. Default false: logits. */
  readonly probabilities?: boolean;
  /** Take data as they were before preprocessing, and give spectra and cubes back on their scale. Default false. */
  readonly withPreprocessing?: boolean;
}

/**
 * A model file as an ONNX file: the network with its readout (numbers in their units, logits at their temperature), with or
 * without the preprocessing, and metadata that say what it is for. tfjs's current backend must be the one it was loaded on.
 *
 * | metadata | holds |
 * | --- | --- |
 * | `spectrai.task`, `spectrai.model` | their names |
 * | `spectrai.input_axis`, `spectrai.output_axis` | `{ name, unit, values }`: of what the file takes, of spectra that it gives |
 * | `spectrai.classes` | names, in the order of the output's last dimension |
 * | `spectrai.value_names`, `spectrai.value_units` | of the numbers, likewise |
 * | `spectrai.preprocessing` | the steps with their options and what they learned |
 * | `spectrai.preprocessing_inside` | `true` where the file holds them, `false` where the input must have gone through them |
 * | `spectrai.versions` | of the packages the model was trained with |
 *
 * All but the names and `true` or `false` are JSON.
 *
 * @throws SPECTRAI_EXPORT_UNSUPPORTED where the network, or a step of the preprocessing that is to be inside, has no ONNX form
 * @throws SPECTRAI_FILE_TOO_LARGE where it would not fit in a file (2 GB)
 */
export function modelToOnnx(loaded: LoadedModel, options: ModelOnnxOptions = {}): NetworkOnnx {
  const { card, model, pipeline, inputAxis } = loaded;
  const inside = options.withPreprocessing === true && card.preprocess.length > 0;
  const spec = card.model.spec as ModelSpec;
  const read = readout(card);
  const around = (x: tf.Tensor, network: (x: tf.Tensor) => tf.Tensor): tf.Tensor => {
    if (!inside) return read(network(x));
    const prepared = pipeline.applyToTensor(x, inputAxis);
    const y = read(network(prepared.x));
    return spec.output.kind === "spectral" ? pipeline.inverseTensor(y, prepared.before) : y;
  };
  return networkToOnnx(model, spec, {
    around,
    metadata: (output) => metadataOf(loaded, inside, output.shape.at(-1)!),
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    ...(options.probabilities === undefined ? {} : { probabilities: options.probabilities }),
    ...(inside
      ? {
          input: [...spec.input.slice(0, -1), inputAxis.values.length],
          fixedAxis: "the preprocessing is made for one axis",
        }
      : {}),
  });
}

/** As `readOutput` of core, on tensors. */
function readout(card: ModelCard): (y: tf.Tensor) => tf.Tensor {
  const { scale, temperature } = readoutOf(card);
  return (y) => {
    if (scale) return tf.add(tf.mul(y, tf.tensor1d([...scale.sd])), tf.tensor1d([...scale.mean]));
    return temperature !== undefined && temperature !== 1 ? tf.div(y, temperature) : y;
  };
}

function metadataOf(
  { card, inputAxis, axis, pipeline }: LoadedModel,
  inside: boolean,
  points: number | string,
): Record<string, string> {
  const spectral = card.model.spec.output.kind === "spectral";
  const taken = inside ? inputAxis : pipeline.axisAfter(inputAxis);
  // Some steps go back to the axis before them at the end, and some, such as a crop, do not.
  const back = inside && points !== axis.values.length && points === inputAxis.values.length;
  const { classes, names, units } = card.target;
  const json = Object.entries({
    input_axis: axisToJson(taken),
    output_axis: spectral ? axisToJson(back ? inputAxis : axis) : undefined,
    classes,
    value_names: names,
    value_units: units,
    preprocessing: card.preprocess,
    versions: card.versions,
  }).flatMap(([key, value]) => (value === undefined ? [] : [[`spectrai.${key}`, JSON.stringify(value)] as const]));
  return {
    "spectrai.task": card.task,
    "spectrai.model": card.model.ref["name"] as string,
    ...Object.fromEntries(json),
    "spectrai.preprocessing_inside": String(inside),
  };
}
