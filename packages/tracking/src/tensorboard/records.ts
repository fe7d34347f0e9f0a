import { maskedCrc32c } from "./crc32c.ts";

/**
 * One record of a TFRecord file: length (uint64, little-endian), its masked CRC-32C, the data, their masked CRC-32C.
 * https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return out;
}

export interface FoundRecord {
  readonly data: Uint8Array;
  /** Where the record ends in the file. */
  readonly end: number;
}

/** The whole records at the start of a file; ends at the first that is cut short or damaged. */
export function* readRecords(file: Uint8Array): Generator<FoundRecord> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at + 16 <= file.length;) {
    const length = view.getBigUint64(at, true);
    if (view.getUint32(at + 8, true) !== maskedCrc32c(file.subarray(at, at + 8))) return;
    if (length > BigInt(file.length - at - 16)) return;
    const data = file.subarray(at + 12, at + 12 + Number(length));
    at += 16 + data.length;
    if (view.getUint32(at - 4, true) !== maskedCrc32c(data)) return;
    yield { data, end: at };
  }
}
