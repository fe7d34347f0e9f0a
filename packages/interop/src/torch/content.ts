import type { TorchStorage, TorchValue } from "./values.ts";

/** A file's pickle, and how its storages are reached. */
export interface TorchContent {
  readonly value: TorchValue;
  /** All bytes of a storage. @throws SPECTRAI_FILE_DAMAGED where the file does not hold them */
  storage(storage: TorchStorage): Promise<Uint8Array>;
}
