import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import { shapeRules } from "./shape-rules.ts";

/** What a traced operation read: the result of an earlier one, or numbers that do not depend on the input. */
export type TracedInput =
  | { readonly kind: "computed"; readonly id: number; readonly shape: readonly number[]; readonly dtype: tf.DataType }
  | TracedConstant;

export interface TracedConstant {
  readonly kind: "constant";
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  /** Equal for equal numbers: compares constants of several traces without keeping all of them. */
  readonly key: string;
  /** The parameter these numbers are, or are made of alone. */
  readonly parameter?: string;
  /** All elements have this value. */
  readonly uniform?: number;
  /** Absent where `uniform` says it all. */
  readonly values?: () => tf.TypedArray;
}

export interface TracedOutput {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

export interface TracedOperation {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, TracedInput>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly TracedOutput[];
}

export interface Trace {
  readonly operations: readonly TracedOperation[];
  readonly input: TracedOutput;
  readonly output: TracedInput;
}

const backendName = "spectrai-onnx-trace";

/** Operations that move values or repeat them: of a tensor that is the same throughout they make another such. */
const sameValues: ReadonlySet<string> = new Set([
  tf.Reshape,
  tf.Identity,
  tf.ExpandDims,
  tf.Tile,
  tf.Transpose,
  tf.Slice,
]);

/** A tensor that becomes a weight of the file, under its name. */
export interface Named {
  readonly name: string;
  readonly variable: tf.Tensor;
}

interface Known {
  readonly key: string;
  readonly parameter?: string;
  readonly uniform?: number;
}

/**
 * A tfjs backend that computes nothing: it knows the shape of every result and writes down how it came about. What does not
 * depend on the network's input is computed by the backend that was there before, where the parameters are.
 */
class TraceBackend extends tf.KernelBackend {
  readonly operations: TracedOperation[] = [];
  readonly home: tf.KernelBackend;
  readonly #homeName: string;
  readonly #parameters: ReadonlyMap<object, Named>;
  /** Tensors of one value throughout that are written nowhere. */
  readonly #fills = new WeakMap<object, number>();
  readonly #computed = new WeakMap<object, TracedOutput>();
  readonly #known = new WeakMap<object, Known>();
  #count = 0;

  constructor(homeName: string, home: tf.KernelBackend, parameters: ReadonlyMap<object, Named>) {
    super();
    this.#homeName = homeName;
    this.home = home;
    this.#parameters = parameters;
  }

  /** A tensor whose values are not known. */
  make(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
    const dataId = {};
    this.#computed.set(dataId, { id: this.#count++, shape, dtype });
    return { dataId, shape: [...shape], dtype };
  }

  describe({ dataId, shape, dtype }: tf.TensorInfo): TracedInput {
    const computed = this.#computed.get(dataId);
    if (computed) return { kind: "computed", ...computed };
    const filled = this.#fills.get(dataId);
    if (filled !== undefined) return { kind: "constant", shape, dtype, key: `all ${filled}`, uniform: filled };
    const own = this.#parameters.get(dataId);
    if (own)
      return {
        kind: "constant",
        shape,
        dtype,
        key: `parameter ${own.name}`,
        parameter: own.name,
        values: () => own.variable.dataSync(),
      };
    // A parameter outlives the trace; other numbers are read while they are there.
    const values = this.readSync(dataId).slice();
    const { key = contentKey(values), ...rest } = this.#known.get(dataId) ?? {};
    return { kind: "constant", shape, dtype, key, ...rest, values: () => values };
  }

  run(
    kernel: string,
    inputs: tf.NamedTensorInfoMap,
    attributes: Record<string, unknown>,
  ): tf.TensorInfo | tf.TensorInfo[] {
    const given = Object.entries(inputs).filter((entry): entry is [string, tf.TensorInfo] => entry[1] != null);
    if (kernel === tf.Fill) return this.#fill(attributes as { shape: number[]; value: number; dtype?: tf.DataType });
    const fixed = given.every(([, t]) => !this.#computed.has(t.dataId));
    if (fixed && !repeatsForBatch(kernel, given, attributes)) return this.#fold(kernel, inputs, given, attributes);
    const rule = shapeRules[kernel];
    if (!rule)
      throw new SpectraiError(
        "SPECTRAI_EXPORT_UNSUPPORTED",
        `The network uses the operation ${kernel}, for which there is no ONNX form here; export another network.`,
      );
    const read = Object.fromEntries(given.map(([name, t]) => [name, this.describe(t)]));
    if (kernel === tf.ZerosLike || kernel === tf.OnesLike) {
      const { shape, dtype } = given[0]![1];
      return this.#fill({ shape, value: kernel === tf.OnesLike ? 1 : 0, dtype });
    }
    const made = [rule(read, attributes as never)].flat().map(({ shape, dtype }) => this.make(shape, dtype));
    const outputs = made.map(({ dataId }) => this.#computed.get(dataId)!);
    this.operations.push({ kernel, inputs: read, attributes, outputs });
    return made.length === 1 ? made[0]! : made;
  }

  #fill({ shape, value, dtype = "float32" }: { shape: number[]; value: number; dtype?: tf.DataType }): tf.TensorInfo {
    const dataId = {};
    this.#fills.set(dataId, value);
    return { dataId, shape: [...shape], dtype };
  }

  #fold(
    name: string,
    inputs: tf.NamedTensorInfoMap,
    given: readonly [string, tf.TensorInfo][],
    attributes: Record<string, unknown>,
  ): tf.TensorInfo | tf.TensorInfo[] {
    const kernel = tf.getKernel(name, this.#homeName);
    if (!kernel)
      throw new SpectraiError(
        "SPECTRAI_BACKEND_OP",
        `The backend ${this.#homeName} lacks the operation ${name}; export on another backend.`,
      );
    const read = given.map(([, t]) => this.describe(t) as TracedConstant);
    if (sameValues.has(name) && this.#fills.has(given[0]![1].dataId)) {
      const [made] = [shapeRules[name]!({ [given[0]![0]]: read[0]! }, attributes as never)].flat();
      return this.#fill({ shape: [...made!.shape], value: read[0]!.uniform!, dtype: made!.dtype });
    }
    // What was only said to be uniform becomes numbers, for the kernel.
    const made: object[] = [];
    const filled = Object.fromEntries(
      given.map(([key, t], i): [string, tf.TensorInfo] => {
        const { uniform } = read[i]!;
        if (uniform === undefined || !this.#fills.has(t.dataId)) return [key, t];
        const values = tf.util
          .getTypedArrayFromDType(t.dtype as "float32", tf.util.sizeFromShape(t.shape))
          .fill(uniform);
        const dataId = this.home.write(values, t.shape, t.dtype);
        made.push(dataId);
        return [key, { ...t, dataId }];
      }),
    );
    const given2 = Array.isArray(inputs) ? Object.values(filled) : filled;
    const out = kernel.kernelFunc({
      inputs: given2 as tf.NamedTensorInfoMap,
      attrs: attributes as tf.NamedAttrMap,
      backend: this.home,
    });
    const parameters = new Set(read.map((c) => c.parameter));
    const parameter = parameters.size === 1 ? read[0]?.parameter : undefined;
    const key = `${name}(${read.map((c) => `${c.key}[${c.shape.join(",")}]`).join(";")})${JSON.stringify(attributes)}`;
    for (const [i, { dataId }] of [out].flat().entries())
      // A reshape shares its input's numbers.
      if (!this.#parameters.has(dataId) && !this.#known.has(dataId))
        this.#known.set(dataId, { key: `${key}#${i}`, ...(parameter === undefined ? {} : { parameter }) });
    for (const dataId of made) this.home.disposeData(dataId);
    return out;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = this.home.write(values, shape, dtype);
    const numbers = values as ArrayLike<number>;
    const first = numbers[0];
    const uniform =
      numbers.length > 1 && typeof first === "number" && Array.prototype.every.call(numbers, (v) => v === first);
    this.#known.set(dataId, uniform ? { key: `all ${first}`, uniform: first! } : { key: contentKey(numbers) });
    return dataId;
  }
  override numDataIds = (): number => this.home.numDataIds();
  override readSync(dataId: object): tf.TypedArray {
    return this.home.readSync(dataId) as tf.TypedArray;
  }
  override read = (dataId: object): Promise<tf.TypedArray> => this.home.read(dataId) as Promise<tf.TypedArray>;
  override disposeData(dataId: object, force?: boolean): boolean {
    return this.#isNowhere(dataId) || this.home.disposeData(dataId, force);
  }
  override refCount(dataId: object): number {
    return this.#isNowhere(dataId) ? 1 : this.home.refCount(dataId);
  }
  override incRef(dataId: object): void {
    if (!this.#isNowhere(dataId)) this.home.incRef(dataId);
  }
  override floatPrecision = (): 16 | 32 => 32;
  override epsilon = (): number => 1e-7;
  override timerAvailable = (): boolean => false;
  override dispose(): void {
    // It holds nothing.
  }

  /** Whether a tensor has no memory. */
  #isNowhere(dataId: object): boolean {
    return this.#computed.has(dataId) || this.#fills.has(dataId);
  }
}

/** Whether something is repeated for each sample: its size follows the input, although its numbers do not. */
const repeatsForBatch = (
  kernel: string,
  given: readonly [string, tf.TensorInfo][],
  attributes: Record<string, unknown>,
): boolean => kernel === tf.Tile && given[0]![1].shape[0] === 1 && (attributes["reps"] as number[])[0]! > 1;

/** The numbers themselves where they are few, otherwise a hash of them (FNV-1a over their bytes) and their count. */
function contentKey(values: ArrayLike<number>): string {
  if (values.length <= 64) return Array.from(values).join(",");
  const bytes = Float64Array.from(values);
  const words = new Uint32Array(bytes.buffer);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193);
  return `${values.length} values ${hash >>> 0}`;
}

/** All of tfjs's own kernels that a backend has: those of ours, which fuse several, only where a rule here names them. */
function kernelNames(homeName: string): string[] {
  const own = new Set(Object.values(tf).filter((v): v is never => typeof v === "string"));
  const names = tf.getKernelsForBackend(homeName).map((k) => k.kernelName);
  return [...new Set([...names.filter((n) => own.has(n as never)), ...Object.keys(shapeRules), tf.Fill])];
}

/**
 * Runs a network on an input of the given shape without computing anything, and tells what it would have done. tfjs's current
 * backend is exchanged meanwhile; nothing else can run, as nothing is awaited.
 *
 * @param parameters - names of the tensors that become the file's weights
 */
export function trace(
  forward: (x: tf.Tensor) => tf.Tensor,
  shape: readonly number[],
  parameters: readonly Named[],
): Trace {
  const homeName = tf.getBackend();
  const home = tf.backend();
  const backend = new TraceBackend(homeName, home, new Map(parameters.map((p) => [p.variable.dataId, p])));
  const names = kernelNames(homeName);
  tf.registerBackend(backendName, () => backend);
  for (const kernelName of names)
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => backend.run(kernelName, inputs, (attrs ?? {}) as Record<string, unknown>),
    });
  try {
    // Both backends exist already, so that this is done when the call returns.
    void tf.setBackend(backendName);
    let ends: Pick<Trace, "input" | "output"> | undefined;
    tf.tidy(() => {
      const x = tf.engine().makeTensorFromTensorInfo(backend.make(shape, "float32"), backend);
      ends = { input: backend.describe(x) as TracedOutput, output: backend.describe(forward(x)) };
    });
    return { operations: backend.operations, ...ends! };
  } finally {
    void tf.setBackend(homeName);
    for (const kernelName of names) tf.unregisterKernel(kernelName, backendName);
    tf.removeBackend(backendName);
  }
}
