import { type ByteSource, type NdArray, sizeOf } from "@spectrai/core";
import { readArchive } from "./archive.ts";
import { damaged, tooLarge, unsupported } from "./errors.ts";
import { readLegacy } from "./legacy.ts";
import { readTensor } from "./tensor.ts";
import { widths } from "./types.ts";
import type { TorchTensor, TorchValue } from "./values.ts";

/** Tensors may share storages, but not so that a small file fills the memory. */
const mostRepeats = 16;

/** An open PyTorch file. Its tensors are places in the file until they are read. */
export interface TorchFile {
  readonly name: string;
  readonly value: TorchValue;
  /**
   * Tensors by name, each in C order; float16 and bfloat16 are widened to float32. Storages that tensors share are read once.
   *
   * @throws SPECTRAI_FILE_DAMAGED where the file does not hold what it announces
   */
  read(tensors: ReadonlyMap<string, TorchTensor>): Promise<Record<string, NdArray>>;
}

/**
 * Reads a file of `torch.save` (zip archive, or the format before PyTorch 1.6) without running anything: it can make tensors, dicts,
 * lists, texts and numbers, and ends at any other thing that the file asks for.
 *
 * @param source - `fileSource` of `@spectrai/core/node`, or the bytes of a browser's file through `bytesSource`
 * @throws SPECTRAI_FILE_REFUSED naming what the file asked for; SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED,
 * SPECTRAI_FILE_TOO_LARGE
 */
export async function readTorch(source: ByteSource): Promise<TorchFile> {
  const head = await source.read(0, Math.min(source.size, 262));
  const { value, storage } = await (isZip(head)
    ? readArchive(source)
    : head[0] === 0x80
      ? readLegacy(source)
      : Promise.reject(notTorch(source.name, head)));
  return {
    name: source.name,
    value,
    async read(tensors) {
      const bytes = new Map<string, Uint8Array>();
      // Without a prototype, so that a tensor may have any name.
      const out = Object.create(null) as Record<string, NdArray>;
      let total = 0;
      for (const [name, tensor] of tensors) {
        const { key, type } = tensor.storage;
        total += sizeOf(tensor.shape) * widths[type];
        if (total > mostRepeats * source.size)
          throw tooLarge(source.name, `its tensors would take more than ${mostRepeats} times the bytes of the file`);
        const known = bytes.get(key) ?? (await storage(tensor.storage));
        bytes.set(key, known);
        out[name] = readTensor(tensor, known);
      }
      return out;
    },
  };
}

const startsWith = (bytes: Uint8Array, at: number, text: string): boolean =>
  new TextEncoder().encode(text).every((code, i) => bytes[at + i] === code);

const isZip = (head: Uint8Array): boolean => startsWith(head, 0, "PK");

function notTorch(name: string, head: Uint8Array): Error {
  if (startsWith(head, 257, "ustar"))
    return unsupported(name, "it was written by PyTorch before 0.1.10; load and save it again with a newer one");
  return damaged(name, "it begins neither as a zip archive nor as a pickle, as files of torch.save do");
}
