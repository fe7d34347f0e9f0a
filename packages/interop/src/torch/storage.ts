import { damaged, unsupported } from "./errors.ts";
import type { PersistentLoad } from "./pickle.ts";
import { storageTypes } from "./types.ts";
import { TorchGlobal, TorchStorage } from "./values.ts";

export interface PersistentIds {
  readonly load: PersistentLoad;
  /** Every storage that was asked for, by its key. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/**
 * Understands the ids of a PyTorch pickle: `("storage", class, key, device, elements)` and, in files of the old format,
 * `("module", class, path, source text)`, of which the class is taken and the text ignored.
 */
export function persistentLoad(file: string): PersistentIds {
  const storages = new Map<string, TorchStorage>();
  return {
    storages,
    load: ([kind, what, key, , elements, view]) => {
      if (kind === "module" && what instanceof TorchGlobal) return what;
      const type = what instanceof TorchGlobal ? storageTypes.get(what.name) : undefined;
      if (kind !== "storage" || !type || typeof key !== "string" || !Number.isSafeInteger(elements))
        throw damaged(file, "it refers to a storage in a way that PyTorch does not");
      if (view !== undefined && view !== null)
        throw unsupported(
          file,
          "its storages are parts of others, as PyTorch before 0.4 wrote them; load and save it again",
        );
      const known = storages.get(key);
      if (known && (known.type !== type || known.elements !== elements))
        throw damaged(file, "it describes one storage in two ways");
      const storage = known ?? new TorchStorage(key, type, elements as number);
      storages.set(key, storage);
      return storage;
    },
  };
}
