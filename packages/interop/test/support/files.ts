import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "@spectrai/io-formats/zip";
import { findState, readTorch, type TorchFile } from "../../src/index.ts";

const made = JSON.parse(readFileSync(join(import.meta.dirname, "torch-files.json"), "utf8")) as Record<string, string>;

/** The bytes of a file that torch-files.py made. */
export const torchFile = (name: string): Uint8Array => new Uint8Array(Buffer.from(made[name]!, "base64"));

export const open = (bytes: Uint8Array, name = "old.pt"): Promise<TorchFile> => readTorch(bytesSource(name, bytes));

/** The tensors of a file of tensors, as numbers. */
export async function values(bytes: Uint8Array): Promise<Record<string, { shape: readonly number[]; data: number[] }>> {
  const file = await open(bytes);
  const tensors = await file.read(findState(file).tensors);
  return Object.fromEntries(
    Object.entries(tensors).map(([k, t]) => [k, { shape: t.shape, data: Array.from(t.data, Number) }]),
  );
}
