/** The messages of ONNX (onnx.proto3 of the ONNX project, IR versions 8 to 10) that an exported network is made of. */
import { sizeOf, SpectraiError } from "@spectrai/core";
import { Message } from "./protobuf.ts";

export type OnnxType = "float32" | "int32" | "int64" | "bool";
/** `TensorProto.DataType` */
export const typeCode = { float32: 1, int32: 6, int64: 7, bool: 9 } as const satisfies Record<OnnxType, number>;

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
}

/** Whole numbers are written as INT or INTS, `{ float }` as FLOAT or FLOATS, strings as STRING. */
export type OnnxAttribute =
  number | readonly number[] | string | { readonly float: number } | { readonly floats: readonly number[] };

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output: a dimension that varies has a name in place of a number. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly producerVersion: string;
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The IR version that came with an operator set. */
const irVersion = (opset: number): number => (opset >= 21 ? 10 : opset >= 19 ? 9 : 8);

/** Protocol buffers cannot hold more. */
const limit = 2 ** 31 - 1;

/** @throws SPECTRAI_FILE_TOO_LARGE where the model would not fit in one file */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const weights = model.initializers.reduce((n, t) => n + t.data.byteLength, 0);
  const tooLarge = (bytes: number): SpectraiError =>
    new SpectraiError(
      "SPECTRAI_FILE_TOO_LARGE",
      `An ONNX file holds at most 2 GB, and this network needs ${(bytes / 1e9).toFixed(1)} GB; export a smaller one.`,
    );
  if (weights > limit) throw tooLarge(weights);
  const graph = new Message();
  for (const node of model.nodes) graph.message(1, nodeMessage(node));
  graph.text(2, model.name);
  for (const tensor of model.initializers) graph.message(5, tensorMessage(tensor));
  for (const port of model.inputs) graph.message(11, portMessage(port));
  for (const port of model.outputs) graph.message(12, portMessage(port));
  const out = new Message()
    .integer(1, irVersion(model.opset))
    .text(2, "spectrai")
    .text(3, model.producerVersion)
    .message(7, graph)
    .message(8, new Message().text(1, "").integer(2, model.opset));
  for (const [key, value] of Object.entries(model.metadata)) out.message(14, new Message().text(1, key).text(2, value));
  if (out.length > limit) throw tooLarge(out.length);
  return out.encode();
}

function nodeMessage({ name, op, inputs, outputs, attributes }: OnnxNode): Message {
  const message = new Message();
  for (const input of inputs) message.text(1, input);
  for (const output of outputs) message.text(2, output);
  message.text(3, name).text(4, op);
  for (const [key, value] of Object.entries(attributes)) message.message(5, attributeMessage(key, value));
  return message;
}

function attributeMessage(name: string, value: OnnxAttribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, 2);
  if (typeof value === "string") return message.text(4, value).integer(20, 3);
  if ("float" in value) return message.float(2, value.float).integer(20, 1);
  if ("floats" in value) {
    for (const v of value.floats) message.float(7, v);
    return message.integer(20, 6);
  }
  for (const v of value) message.integer(8, v);
  return message.integer(20, 7);
}

function tensorMessage({ name, dtype, dims, data }: OnnxTensor): Message {
  if (sizeOf(dims) !== data.length)
    throw new SpectraiError(
      "SPECTRAI_INTERNAL",
      `The initializer ${name} has ${data.length} values for [${dims.join(", ")}].`,
    );
  const message = new Message();
  for (const d of dims) message.integer(1, d);
  return message
    .integer(2, typeCode[dtype])
    .text(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function portMessage({ name, dtype, shape }: OnnxPort): Message {
  const dims = new Message();
  for (const d of shape)
    dims.message(1, typeof d === "number" ? new Message().integer(1, d) : new Message().text(2, d));
  const tensor = new Message().integer(1, typeCode[dtype]).message(2, dims);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
