import type { DataFile, FileSystem, Formats } from "@spectrai/core";

/** Open files, shared by those who read from them; the ones longest unused are closed. */
export interface FilePool {
  use<T>(path: string, work: (file: DataFile) => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

interface Slot {
  readonly file: Promise<DataFile>;
  readonly close: () => Promise<void>;
  users: number;
}

export function filePool(files: FileSystem, formats: Formats, most = 8): FilePool {
  // In order of last use.
  const slots = new Map<string, Slot>();

  const open = (path: string): Slot => {
    const source = files.open(path);
    const file = source.then(async (s) => {
      try {
        return await formats.open(s);
      } catch (e) {
        slots.delete(path);
        await s.close?.();
        throw e;
      }
    });
    const close = async (): Promise<void> => {
      await (await file).close();
      await (await source).close?.();
    };
    source.catch(() => slots.delete(path));
    return { file, close, users: 0 };
  };

  const trim = async (keep: number): Promise<void> => {
    for (const [path, slot] of slots) {
      if (slots.size <= keep) return;
      if (slot.users > 0) continue;
      slots.delete(path);
      await slot.close();
    }
  };

  return {
    async use(path, work) {
      const slot = slots.get(path) ?? open(path);
      slots.delete(path);
      slots.set(path, slot);
      slot.users++;
      try {
        return await work(await slot.file);
      } finally {
        slot.users--;
        await trim(most);
      }
    },
    dispose: () => trim(0),
  };
}
