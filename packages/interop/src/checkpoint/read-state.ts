import { type ByteSource, decodeSafetensors, SpectraiError } from "@spectrai/core";
import { readTorch } from "../torch/read-torch.ts";
import { findState } from "../torch/state.ts";
import type { TorchValue } from "../torch/values.ts";
import type { State } from "./recognised.ts";

export interface ReadState {
  readonly state: State;
  /** What the file says beside the tensors. */
  readonly about: ReadonlyMap<string, TorchValue>;
}

/**
 * The state_dict in a file of `torch.save`, or in one of safetensors' `save_file`.
 *
 * @throws SPECTRAI_FILE_REFUSED, SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED, SPECTRAI_FILE_TOO_LARGE, SPECTRAI_MODEL_DAMAGED
 */
export async function readState(source: ByteSource): Promise<ReadState> {
  if (!(await isSafetensors(source))) {
    const file = await readTorch(source);
    const { tensors, about } = findState(file);
    return { state: await file.read(tensors), about };
  }
  const { tensors, metadata } = decodeSafetensors(await source.read(0, source.size), source.name);
  if (metadata["spectrai"] !== undefined)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${source.name} is a model file of spectrai already; use it as it is.`,
    );
  return { state: tensors, about: new Map(Object.entries(metadata)) };
}

/** A safetensors file has the length of its header first, in 8 bytes, and then the header, in braces. */
async function isSafetensors(source: ByteSource): Promise<boolean> {
  if (source.size < 10) return false;
  const [low, , , , , , , high, brace] = await source.read(0, 9);
  const isPickle = low === 0x80 && high !== 0;
  return brace === "{".charCodeAt(0) && !isPickle;
}
