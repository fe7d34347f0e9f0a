/** Fields of a protocol-buffers message: number, and the value or bytes. The slow obvious reader that the writer is held to. */
export function fieldsOf(bytes: Uint8Array): { readonly field: number; readonly value: bigint | Uint8Array }[] {
  const out: { field: number; value: bigint | Uint8Array }[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) out.push({ field, value: varint() });
    else {
      const length = wire === 5 ? 4 : wire === 1 ? 8 : Number(varint());
      out.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return out;
}

const text = (value: bigint | Uint8Array): string => new TextDecoder().decode(value as Uint8Array);

/** `metadata_props` of an ONNX file. */
export const metadataOf = (bytes: Uint8Array): Record<string, string> =>
  Object.fromEntries(
    fieldsOf(bytes)
      .filter(({ field }) => field === 14)
      .map(({ value }) => fieldsOf(value as Uint8Array).map((f) => text(f.value)) as [string, string]),
  );

/** Names and dimensions of the initializers. */
export const initializersOf = (bytes: Uint8Array): Record<string, number[]> => {
  const graph = fieldsOf(bytes).find(({ field }) => field === 7)!.value as Uint8Array;
  return Object.fromEntries(
    fieldsOf(graph)
      .filter(({ field }) => field === 5)
      .map(({ value }) => {
        const fields = fieldsOf(value as Uint8Array);
        return [
          text(fields.find((f) => f.field === 8)!.value),
          fields.filter((f) => f.field === 1).map((f) => Number(f.value as bigint)),
        ];
      }),
  );
};
