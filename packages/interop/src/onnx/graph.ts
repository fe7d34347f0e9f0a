import type * as tf from "@tensorflow/tfjs-core";
import { sizeOf, SpectraiError } from "@spectrai/core";
import { FixedSizeError } from "./merge.ts";
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxType } from "./onnx-format.ts";
import { expressSize, type SizeExpression } from "./size-expression.ts";
import { axesOf, isFixed, isUnit, type Layout, sameSize, type Size, type Value } from "./value.ts";

const onnxTypes: Partial<Record<tf.DataType, OnnxType>> = { float32: "float32", int32: "int32", bool: "bool" };

/** @throws SPECTRAI_INTERNAL for strings and complex numbers, which no network of ours computes with */
export function onnxType(dtype: tf.DataType): OnnxType {
  const found = onnxTypes[dtype];
  if (!found) throw new SpectraiError("SPECTRAI_INTERNAL", `Tensors of ${dtype} have no ONNX form here.`);
  return found;
}

/** The ends of what ONNX counts with: "as far as there is". */
export const farthest = 2n ** 63n - 1n;

/**
 * The graph of the file, as it grows. Values are asked for in an order of axes and transposed only where none of their tensors
 * has it; equal nodes are made once.
 */
export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly opset: number;
  readonly #made = new Map<string, string[]>();
  readonly #constants = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #sizes: { readonly size: Size; readonly tensor: string; readonly axis: number }[] = [];

  constructor(opset: number) {
    this.opset = opset;
  }

  /** Adds a node and gives the name of its (first) output. */
  node(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.split(op, inputs, 1, attributes)[0]!;
  }

  /** Adds a node of several outputs. */
  split(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, OnnxAttribute> = {},
  ): string[] {
    const key = JSON.stringify([op, inputs, attributes]);
    const known = this.#made.get(key);
    if (known) return known;
    const name = this.#free(op.toLowerCase());
    const names = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : `${name}.${i}`));
    this.nodes.push({ name, op, inputs, outputs: names, attributes });
    this.#made.set(key, names);
    return names;
  }

  /** A name of the file's own, such as that of its input. */
  reserve(name: string): string {
    if (this.#names.has(name))
      throw new SpectraiError("SPECTRAI_INTERNAL", `The name ${name} is taken twice in an ONNX graph.`);
    this.#names.add(name);
    return name;
  }

  #free(wish: string): string {
    let name = wish;
    for (let i = 1; this.#names.has(name); i++) name = `${wish}_${i}`;
    this.#names.add(name);
    return name;
  }

  /** An initializer; equal ones with equal keys are made once. */
  initializer(wish: string, key: string, make: () => Omit<OnnxTensor, "name">): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#free(wish);
    this.initializers.push({ name, ...make() });
    this.#constants.set(key, name);
    return name;
  }

  /** Whole numbers, as shapes and axes are. */
  integers(values: readonly (number | bigint)[]): string {
    return this.initializer("integers", `int64 ${values.join(",")}`, () => ({
      dtype: "int64",
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    }));
  }

  scalar(value: number, dtype: tf.DataType = "float32"): string {
    const type = onnxType(dtype);
    return this.initializer("scalar", `${type} scalar ${value}`, () => ({
      dtype: type,
      dims: [],
      data: type === "int32" ? Int32Array.of(value) : type === "bool" ? Uint8Array.of(value) : Float32Array.of(value),
    }));
  }

  /** Says where a value is in the file. */
  set(value: Value, name: string, order: readonly number[]): void {
    value.layouts.push({ name, order });
    for (const [i, axis] of order.entries()) {
      const size = value.sizes[axis]!;
      if (!isFixed(size) && !this.#sizes.some((s) => sameSize(s.size, size)))
        this.#sizes.push({ size, tensor: name, axis: i });
    }
  }

  /** A value's tensor with its axes in this order; axes that are left out must have one point. */
  as(value: Value, order: readonly number[]): string {
    if (value.constant || value.number) return this.#constant(value, order);
    this.place(value);
    const found = value.layouts.find((l) => equalLists(l.order, order));
    if (found) return found.name;
    const weight = (l: Layout): number => (this.#needsTranspose(value, l.order, order) ? 1 : 0);
    const from = [...value.layouts].sort((a, b) => weight(a) - weight(b))[0]!;
    const name = this.#rearrange(value, from, order);
    value.layouts.push({ name, order: [...order] });
    return name;
  }

  /** The axes in the order they were made in. */
  native(value: Value): readonly number[] {
    if (value.constant || value.number) return axesOf(value);
    this.place(value);
    return value.layouts[0]!.order;
  }

  /** Makes sure that a value is in the file. */
  place(value: Value): void {
    if (value.layouts.length > 0) return;
    if (value.dealt)
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        "The network deals points into a batch for something other than a dilated convolution, which has no ONNX form here; export another network.",
      );
    const source = value.view;
    if (!source) throw new SpectraiError("SPECTRAI_INTERNAL", "A value of the ONNX graph was used before it was made.");
    const shape = this.shape(value.sizes, source.sizes);
    this.set(value, this.node("Reshape", [this.as(source, axesOf(source)), shape]), axesOf(value));
  }

  #needsTranspose({ sizes }: Value, from: readonly number[], to: readonly number[]): boolean {
    const wide = (order: readonly number[]): number[] => order.filter((axis) => !isUnit(sizes[axis]!));
    return !equalLists(wide(from), wide(to));
  }

  #rearrange(value: Value, { name, order }: Layout, wanted: readonly number[]): string {
    const { sizes } = value;
    const missing = [...order, ...wanted].find(
      (axis) => !isUnit(sizes[axis]!) && !(order.includes(axis) && wanted.includes(axis)),
    );
    if (missing !== undefined)
      throw new SpectraiError("SPECTRAI_INTERNAL", `An axis of ${name} was left out of the ONNX graph.`);
    let kept = order.filter((axis) => wanted.includes(axis));
    let target = wanted.filter((axis) => kept.includes(axis));
    if (!equalLists(kept, target) && !this.#needsTranspose(value, order, wanted)) {
      // Only axes of one point stand elsewhere: they are taken out and put back in.
      kept = kept.filter((axis) => !isUnit(sizes[axis]!));
      target = kept;
    }
    let at = name;
    const dropped = order.flatMap((axis, i) => (kept.includes(axis) ? [] : [i]));
    if (dropped.length > 0) at = this.node("Squeeze", [at, this.integers(dropped)]);
    if (!equalLists(kept, target))
      at = this.node("Transpose", [at], { perm: target.map((axis) => kept.indexOf(axis)) });
    const added = wanted.flatMap((axis, i) => (target.includes(axis) ? [] : [i]));
    if (added.length > 0) at = this.node("Unsqueeze", [at, this.integers(added)]);
    return at;
  }

  #constant(value: Value, order: readonly number[]): string {
    const { constant, sizes, dtype } = value;
    if (!constant) {
      const number = this.cast(this.size(value.number!), dtype);
      return order.length === 1 ? number : this.node("Reshape", [number, this.integers(order.map(() => 1))]);
    }
    const varies = order.some((axis) => !isFixed(sizes[axis]!));
    if (varies)
      return this.node("Expand", [
        this.scalar(constant.uniform!, dtype),
        this.shape(order.map((axis) => sizes[axis]!)),
      ]);
    const type = onnxType(dtype);
    const shape = sizes.map((size) => size[0]!);
    const dims = order.map((axis) => shape[axis]!);
    return this.initializer(
      constant.parameter ?? "constant",
      `${type} ${constant.key} [${shape.join(",")}] in [${order.join(",")}]`,
      () => ({ dtype: type, dims, data: arrange(numbersOf(value), shape, order, type) }),
    );
  }

  /** Numbers for an operation that broadcasts: those that are all the same stay one number. */
  operand(value: Value, order: readonly number[]): string {
    const { constant, number, dtype } = value;
    if (constant?.uniform !== undefined) return this.scalar(constant.uniform, dtype);
    if (constant && value.sizes.every(isUnit)) return this.scalar(Number(constant.values!()[0]), dtype);
    if (number) return this.cast(this.size(number), dtype);
    // Axes of one point in front are implied.
    const start = order.findIndex((axis) => !isUnit(value.sizes[axis]!));
    return this.as(value, start < 0 ? [] : order.slice(start));
  }

  cast(name: string, dtype: tf.DataType): string {
    return this.node("Cast", [name], { to: { float32: 1, int32: 6, int64: 7, bool: 9 }[onnxType(dtype)] });
  }

  /**
   * A size as an int64 tensor of one element.
   *
   * @param near - sizes that it most likely follows from
   */
  size(size: Size, near: readonly Size[] = []): string {
    if (isFixed(size)) return this.integers([size[0]!]);
    const known = this.#sizes.map((s) => s.size);
    const nearby = near.filter((s) => known.some((k) => sameSize(k, s)));
    const expression = expressSize(size, [...nearby, ...known]);
    if (!expression) throw new FixedSizeError(`a size of ${size.join(", ")} points follows no simple rule`);
    return this.evaluate(expression);
  }

  evaluate(expression: SizeExpression): string {
    if (expression.kind === "number") return this.integers([expression.value]);
    if (expression.kind === "known") {
      const { tensor, axis } = this.#sizes.find((s) => sameSize(s.size, expression.size))!;
      return this.node("Shape", [tensor], { start: axis, end: axis + 1 });
    }
    const op = { add: "Add", subtract: "Sub", multiply: "Mul", divide: "Div" }[expression.kind];
    return this.node(op, [this.evaluate(expression.a), this.evaluate(expression.b)]);
  }

  /**
   * A shape as an int64 tensor, for Reshape where the source's sizes are given (0 keeps one, -1 follows from the others), and
   * for Expand and Resize otherwise.
   */
  shape(sizes: readonly Size[], source?: readonly Size[]): string {
    const kept = sizes.map((size, i) => source?.[i] !== undefined && !isFixed(size) && sameSize(size, source[i]!));
    const varying = sizes.flatMap((size, i) => (isFixed(size) || kept[i] ? [] : [i]));
    const inferred = source ? varying.at(-1) : undefined;
    const entries = sizes.map((size, i) =>
      kept[i] ? 0 : i === inferred ? -1 : isFixed(size) ? size[0]! : this.size(size, source),
    );
    if (entries.every((e) => typeof e === "number")) return this.integers(entries);
    return this.node(
      "Concat",
      entries.map((e) => (typeof e === "number" ? this.integers([e]) : e)),
      { axis: 0 },
    );
  }

  /** Several sizes as one int64 tensor. */
  sizes(sizes: readonly (Size | string)[]): string {
    if (sizes.every((s) => typeof s !== "string" && isFixed(s)))
      return this.integers(sizes.map((s) => (s as Size)[0]!));
    return this.node(
      "Concat",
      sizes.map((s) => (typeof s === "string" ? s : this.size(s))),
      { axis: 0 },
    );
  }
}

const equalLists = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((v, i) => v === b[i]);

/** The numbers of a constant, written out. */
export function numbersOf({ constant, sizes, dtype }: Value): ArrayLike<number> {
  const { uniform, values } = constant!;
  if (uniform === undefined) return values!();
  const data = dtype === "float32" ? Float32Array : Int32Array;
  return new data(sizeOf(sizes.map((s) => s[0]!))).fill(uniform);
}

/** Elements of an array with its axes in another order; axes that are left out have one point. */
export function arrange(
  values: ArrayLike<number>,
  shape: readonly number[],
  order: readonly number[],
  type: OnnxType,
): OnnxTensor["data"] {
  const Data = type === "float32" ? Float32Array : type === "int32" ? Int32Array : Uint8Array;
  const out = new Data(values.length);
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const counts = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const index = counts.map(() => 0);
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = values[from]!;
    for (let d = counts.length - 1; d >= 0; d--) {
      from += steps[d]!;
      if (++index[d]! < counts[d]!) break;
      from -= steps[d]! * counts[d]!;
      index[d] = 0;
    }
  }
  return out;
}
