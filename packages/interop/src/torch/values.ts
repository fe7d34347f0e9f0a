/**
 * What a PyTorch file can hold. A dict is a Map, so that its keys are never properties of an object; lists and tuples are both
 * arrays.
 */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | TorchTensor
  | TorchObject
  | TorchGlobal
  | TorchStorage
  | TorchDtype
  | readonly TorchValue[]
  | ReadonlyMap<TorchValue, TorchValue>
  | ReadonlySet<TorchValue>;

/** Element types of PyTorch's storages. */
export type TorchType =
  "float16" | "bfloat16" | "float32" | "float64" | "int8" | "int16" | "int32" | "int64" | "uint8" | "bool";

/** A run of elements in the file, which several tensors may share. */
export class TorchStorage {
  readonly key: string;
  readonly type: TorchType;
  /** How many elements the file says that it has. */
  readonly elements: number;

  constructor(key: string, type: TorchType, elements: number) {
    this.key = key;
    this.type = type;
    this.elements = elements;
  }
}

/** A view of a storage: element `[i, j, …]` is the storage's element `offset + i·strides[0] + j·strides[1] + …`. Checked. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** One of the names of Python that a file may ask for. It is a name and nothing more: there is nothing behind it to run. */
export class TorchGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A loss of PyTorch, which checkpoints of the original software carry: the name of its class, and its settings. */
export class TorchObject {
  readonly className: string;
  state: ReadonlyMap<TorchValue, TorchValue> = new Map();

  constructor(className: string) {
    this.className = className;
  }
}

/** NumPy's element type, of the numbers among the metrics of a checkpoint. */
export class TorchDtype {
  /** As in NumPy: `f8`, `i4`, … */
  readonly code: string;
  bigEndian = false;

  constructor(code: string) {
    this.code = code;
  }
}
