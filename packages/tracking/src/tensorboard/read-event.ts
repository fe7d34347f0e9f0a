/** Just enough of an event for resuming: its step, and the tag of its first value. */
export interface EventHead {
  readonly step: number;
  /** Absent in the first record of a file, which holds no values. */
  readonly tag?: string;
}

interface RawField {
  readonly number: number;
  /** A varint's number; the bytes of anything else. */
  readonly value: number | Uint8Array;
}

/** The fields of a message, in order; ends where the message is damaged. */
function* fieldsOf(data: Uint8Array): Generator<RawField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < data.length && factor < 2 ** 63; factor *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return NaN;
  };
  while (at < data.length) {
    const key = varint();
    const type = key % 8;
    if (type === 0) yield { number: Math.floor(key / 8), value: varint() };
    else {
      const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? varint() : NaN;
      if (!(length <= data.length - at)) return;
      yield { number: Math.floor(key / 8), value: data.subarray(at, at + length) };
      at += length;
    }
  }
}

const message = (data: Uint8Array, number: number): Uint8Array | undefined => {
  for (const field of fieldsOf(data))
    if (field.number === number && typeof field.value !== "number") return field.value;
  return undefined;
};

/** Reads the head of an Event message (see `events.ts` for the field numbers). */
export function readEventHead(data: Uint8Array): EventHead {
  let step = 0;
  for (const field of fieldsOf(data)) if (field.number === 2 && typeof field.value === "number") step = field.value;
  const summary = message(data, 5);
  const value = summary && message(summary, 1);
  const tag = value && message(value, 1);
  return tag ? { step, tag: new TextDecoder().decode(tag) } : { step };
}
