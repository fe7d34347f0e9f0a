/**
 * Everything that a PyTorch file may ask for by name, and what is made of it. The list is closed: a name that is not here ends the
 * reading, whatever it stands for in Python.
 */
import { damaged, refused, short } from "./errors.ts";
import { tensorOf } from "./tensor.ts";
import { storageTypes } from "./types.ts";
import { TorchDtype, TorchGlobal, TorchObject, TorchTensor, type TorchValue } from "./values.ts";

type Call = (file: string, args: readonly TorchValue[]) => TorchValue;

const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", (file, [items = []]) => new Map(pairsOf(file, items))],
  ["builtins.set", (file, [items = []]) => new Set(listOf(file, items))],
  ["torch.Size", (file, [sizes = []]) => listOf(file, sizes)],
  [
    "torch._utils._rebuild_tensor_v2",
    (file, [storage, offset, shape, strides]) => tensorOf(file, storage, offset, shape, strides),
  ],
  [
    "torch._utils._rebuild_parameter",
    (file, [data]) => {
      if (data instanceof TorchTensor) return data;
      throw damaged(file, "a parameter in it is not a tensor");
    },
  ],
  // Numbers of NumPy, which are found among the metrics of a checkpoint.
  [
    "numpy.dtype",
    (file, [code]) => {
      if (typeof code !== "string" || !numbers.has(code)) throw damaged(file, "a number in it is of no known type");
      return new TorchDtype(code);
    },
  ],
  ["numpy.core.multiarray.scalar", (file, [type, bytes]) => numberOf(file, type, bytes)],
  [
    "_codecs.encode",
    (file, [text]) => {
      if (typeof text !== "string") throw damaged(file, "bytes in it are not given as text");
      return Uint8Array.from(text, (c) => c.charCodeAt(0));
    },
  ],
]);

/** Losses, whose objects hold settings only. */
const objects = new Set(
  ["L1Loss", "MSELoss", "CrossEntropyLoss", "BCELoss", "BCEWithLogitsLoss", "NLLLoss", "SmoothL1Loss", "HuberLoss"].map(
    (name) => `torch.nn.modules.loss.${name}`,
  ),
);

/** Names that Python 2, or another NumPy, has for the same. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["__builtin__.set", "builtins.set"],
  ["numpy._core.multiarray.scalar", "numpy.core.multiarray.scalar"],
]);

/** @throws SPECTRAI_FILE_REFUSED naming what was asked for */
export function findGlobal(file: string, module: string, attribute: string): TorchGlobal {
  const asked = `${module}.${attribute}`;
  const name = aliases.get(asked) ?? asked;
  if (calls.has(name) || objects.has(name) || storageTypes.has(name)) return new TorchGlobal(name);
  throw asked.startsWith("torch.nn.modules.")
    ? refused(
        file,
        short(asked),
        "a part of a network: it holds the network as an object, whose code would have to be run. Nothing was run. " +
          "Load it in PyTorch and save the weights alone: torch.save(model.state_dict(), file).",
      )
    : refused(
        file,
        short(asked),
        "which is no tensor, dict, list, text or number. Nothing was run. Of a file that you trust, save the weights alone in " +
          "PyTorch: torch.save(model.state_dict(), file).",
      );
}

export function callGlobal(file: string, what: TorchValue, args: readonly TorchValue[]): TorchValue {
  const call = what instanceof TorchGlobal ? calls.get(what.name) : undefined;
  if (!call) throw damaged(file, "its pickle calls something that cannot be called");
  return call(file, args);
}

export function makeObject(file: string, what: TorchValue, args: readonly TorchValue[]): TorchValue {
  if (!(what instanceof TorchGlobal) || !objects.has(what.name) || args.length > 0)
    throw damaged(file, "its pickle makes an object of something that is not a class");
  return new TorchObject(what.name);
}

/** What an object gets after it was made. Of an OrderedDict that is the list of PyTorch's versions, which says nothing about values. */
export function buildState(file: string, object: TorchValue, state: TorchValue): void {
  if (object instanceof TorchObject && state instanceof Map) object.state = state;
  else if (object instanceof TorchDtype && Array.isArray(state)) object.bigEndian = state[1] === ">";
  else if (!(object instanceof Map && state instanceof Map))
    throw damaged(file, "its pickle gives a state to something that has none");
}

function listOf(file: string, value: TorchValue): readonly TorchValue[] {
  if (Array.isArray(value)) return value;
  throw damaged(file, "its pickle has something else where a list is needed");
}

function pairsOf(file: string, value: TorchValue): [TorchValue, TorchValue][] {
  return listOf(file, value).map((pair) => {
    const [key, item, ...rest] = listOf(file, pair);
    if (key === undefined || item === undefined || rest.length > 0)
      throw damaged(file, "an entry of a dict is no pair");
    return [key, item];
  });
}

type Reads = (view: DataView, little: boolean) => number;
const numbers: ReadonlyMap<string, readonly [bytes: number, read: Reads]> = new Map<string, readonly [number, Reads]>([
  ["f4", [4, (v, l) => v.getFloat32(0, l)]],
  ["f8", [8, (v, l) => v.getFloat64(0, l)]],
  ["i4", [4, (v, l) => v.getInt32(0, l)]],
  ["i8", [8, (v, l) => Number(v.getBigInt64(0, l))]],
  ["b1", [1, (v) => v.getUint8(0)]],
]);

function numberOf(file: string, type: TorchValue | undefined, bytes: TorchValue | undefined): number {
  const [length, read] = (type instanceof TorchDtype ? numbers.get(type.code) : undefined) ?? [];
  if (!(type instanceof TorchDtype) || !read || !(bytes instanceof Uint8Array) || bytes.length !== length)
    throw damaged(file, "a number in it does not have the bytes of its type");
  return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), !type.bigEndian);
}
