import * as tf from "@tensorflow/tfjs-core";
import type { Trace, TracedConstant, TracedInput, TracedOperation } from "./trace.ts";
import { sizesOf, Value } from "./value.ts";

/** An operation as it went in all traces. */
export interface Operation {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Value>>;
  /** For each trace; absent where the operation had nothing to do there, and was left out. */
  readonly attributes: readonly (Readonly<Record<string, unknown>> | undefined)[];
  readonly outputs: readonly Value[];
}

export interface Network {
  readonly operations: readonly Operation[];
  readonly input: Value;
  readonly output: Value;
}

/** Why an axis cannot vary; the exporter then fixes it. */
export class FixedSizeError extends Error {}

/** Operations that networks leave out where they would change nothing, as at sizes that need no padding. */
const optional: readonly string[] = [tf.PadV2, tf.Slice, "InterpolateLinear"];

/**
 * Makes one network of what it did at several sizes.
 *
 * @throws FixedSizeError where it did other things at another size
 */
export function mergeTraces(traces: readonly Trace[]): Network {
  return new Merge(traces).run();
}

class Merge {
  readonly #traces: readonly Trace[];
  readonly #operations: Operation[] = [];
  /** For each trace: which values a tensor is. It is several where an operation was left out. */
  readonly #values: Map<number, Value[]>[];
  readonly #tensors: Map<Value, number>[];
  readonly #constants = new Map<string, Value>();

  constructor(traces: readonly Trace[]) {
    this.#traces = traces;
    this.#values = traces.map(() => new Map());
    this.#tensors = traces.map(() => new Map());
  }

  run(): Network {
    const traces = this.#traces;
    const input = this.#add(traces.map((t) => t.input));
    const next = traces.map(() => 0);
    for (;;) {
      const current = traces.map((t, k) => t.operations[next[k]!]);
      if (current.every((op) => op === undefined)) break;
      const taking = this.#chosen(current);
      this.#merge(current.map((op, k) => (taking[k] ? op : undefined)));
      for (const [k, takes] of taking.entries()) if (takes) next[k]!++;
    }
    return {
      operations: this.#operations,
      input,
      output: this.#resolve(
        traces.map((t) => t.output),
        "the result",
      ),
    };
  }

  /** Which traces take part in the next operation. */
  #chosen(current: readonly (TracedOperation | undefined)[]): boolean[] {
    const kernels = current.map((op) => op?.kernel);
    if (kernels.every((k) => k === kernels[0])) return current.map(() => true);
    const kernel = optional.find((name) => kernels.includes(name));
    if (kernel === undefined)
      throw new FixedSizeError(`it does other things at other sizes (${[...new Set(kernels)].join(", ")})`);
    return kernels.map((k) => k === kernel);
  }

  #merge(operations: readonly (TracedOperation | undefined)[]): void {
    const first = operations.find((op) => op !== undefined)!;
    const inputs: Record<string, Value> = {};
    for (const name of Object.keys(first.inputs))
      inputs[name] = this.#resolve(
        operations.map((op) => op?.inputs[name]),
        first.kernel,
      );
    const source = Object.values(inputs)[0]!;
    const outputs = first.outputs.map((_, i) =>
      this.#add(
        operations.map((op, k) => {
          if (op) return op.outputs[i]!;
          const id = this.#tensors[k]!.get(source)!;
          return { id, shape: source.sizes.map((size) => size[k]!), dtype: source.dtype };
        }),
      ),
    );
    this.#operations.push({
      kernel: first.kernel,
      inputs,
      attributes: operations.map((op) => op?.attributes),
      outputs,
    });
  }

  #add(
    tensors: readonly { readonly id: number; readonly shape: readonly number[]; readonly dtype: tf.DataType }[],
  ): Value {
    if (tensors.some((t) => t.shape.length !== tensors[0]!.shape.length))
      throw new FixedSizeError("a tensor has more dimensions at some sizes than at others");
    const value = new Value(sizesOf(tensors.map((t) => t.shape)), tensors[0]!.dtype);
    for (const [k, { id }] of tensors.entries()) {
      const known = this.#values[k]!.get(id);
      if (known) known.push(value);
      else this.#values[k]!.set(id, [value]);
      this.#tensors[k]!.set(value, id);
    }
    return value;
  }

  /** The value that an input is in every trace that has it. */
  #resolve(inputs: readonly (TracedInput | undefined)[], what: string): Value {
    const given = inputs.filter((t) => t !== undefined);
    if (given.every((t) => t.kind === "constant")) return this.#constant(given, what);
    let candidates: readonly Value[] | undefined;
    for (const [k, t] of inputs.entries()) {
      if (!t) continue;
      if (t.kind === "constant") throw new FixedSizeError(`an input of ${what} is a constant at some sizes only`);
      const here = this.#values[k]!.get(t.id) ?? [];
      candidates = candidates ? candidates.filter((v) => here.includes(v)) : here;
    }
    const found = candidates?.at(-1);
    if (!found) throw new FixedSizeError(`${what} works on other tensors at other sizes`);
    return found;
  }

  #constant(given: readonly TracedConstant[], what: string): Value {
    const [one] = given as [TracedConstant];
    const equal = given.every((c) => c.key === one.key);
    const rank = given.every((c) => c.shape.length === one.shape.length);
    const single = given.every((c) => c.shape.every((d) => d === 1));
    const uniform = given.every((c) => c.uniform !== undefined && c.uniform === one.uniform);
    if (rank && (equal || uniform)) {
      const shapes = given.map((c) => c.shape);
      const key = `${one.key}|${JSON.stringify(shapes)}|${one.dtype}`;
      const known = this.#constants.get(key);
      if (known) return known;
      const value = new Value(sizesOf(shapes), one.dtype, { constant: one });
      if (value.sizes.every((s) => s.every((d) => d === s[0])) || one.uniform !== undefined) {
        this.#constants.set(key, value);
        return value;
      }
    }
    if (rank && single) {
      const number = given.map((c) => c.uniform ?? c.values!()[0]!);
      return new Value(sizesOf(given.map((c) => c.shape)), one.dtype, { number });
    }
    throw new FixedSizeError(`${what} uses numbers that were made for one size`);
  }
}
