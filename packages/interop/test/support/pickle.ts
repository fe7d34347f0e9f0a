/** Pickles put together by hand, and files of PyTorch's old format around them. */

const text = new TextEncoder();
function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  const chunks = parts.map((p) =>
    typeof p === "number" ? Uint8Array.of(p) : typeof p === "string" ? text.encode(p) : p,
  );
  const out = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
const uint32 = (n: number): Uint8Array => new Uint8Array(Uint32Array.of(n).buffer);

export const none = bytes("N");
export const emptyDict = bytes("}");
export const string = (value: string): Uint8Array => bytes("X", uint32(text.encode(value).length), value);
export const int = (n: number): Uint8Array => bytes("J", uint32(n));
export const tuple = (...items: readonly Uint8Array[]): Uint8Array => bytes("(", ...items, "t");
export const dict = (entries: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  bytes("}(", ...Object.entries(entries).flatMap(([k, v]) => [string(k), v]), "u");
export const global = (name: string): Uint8Array =>
  bytes("c", name.slice(0, name.lastIndexOf(".")), "\n", name.slice(name.lastIndexOf(".") + 1), "\n");
export const call = (name: string, ...args: readonly Uint8Array[]): Uint8Array =>
  bytes(global(name), tuple(...args), "R");
export const raw = bytes;

export interface TensorParts {
  readonly elements?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
  readonly key?: string;
}

/** A float32 tensor, as PyTorch describes it. */
export const tensor = ({
  elements = 4,
  offset = 0,
  shape = [2, 2],
  strides = [2, 1],
  key = "s",
}: TensorParts = {}): Uint8Array =>
  call(
    "torch._utils._rebuild_tensor_v2",
    bytes(tuple(string("storage"), global("torch.FloatStorage"), string(key), string("cpu"), int(elements), none), "Q"),
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    bytes(0x89),
    call("collections.OrderedDict"),
  );

const magic = bytes(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);
const pickle = (content: Uint8Array): Uint8Array => bytes(0x80, 2, content, ".");

/** A whole file of the old format, with storages of float32 values. */
export const legacyFile = (
  content: Uint8Array,
  storages: Readonly<Record<string, ArrayLike<number>>> = {},
  head: { readonly version?: number; readonly littleEndian?: boolean } = {},
): Uint8Array =>
  bytes(
    pickle(magic),
    pickle(int(head.version ?? 1001)),
    pickle(dict({ little_endian: bytes(head.littleEndian === false ? 0x89 : 0x88) })),
    pickle(content),
    pickle(bytes("](", ...Object.keys(storages).map(string), "e")),
    ...Object.values(storages).flatMap((values) => [
      new Uint8Array(BigUint64Array.of(BigInt(values.length)).buffer),
      new Uint8Array(Float32Array.from(values).buffer),
    ]),
  );

/** A file of the old format that holds these tensors as float32, and what else is said. */
export function torchFileOf(
  state: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>>,
  about?: Readonly<Record<string, Uint8Array>>,
): Uint8Array {
  const tensors = Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => [
      name,
      tensor({
        key: name,
        elements: data.length,
        shape,
        strides: shape.map((_, i) => shape.slice(i + 1).reduce((n, d) => n * d, 1)),
      }),
    ]),
  );
  const storages = Object.fromEntries(Object.entries(state).map(([name, { data }]) => [name, data]));
  return legacyFile(about ? dict({ network: dict(tensors), ...about }) : dict(tensors), storages);
}
