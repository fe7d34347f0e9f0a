import type { ArtifactStore } from "../contracts/files.ts";

/** A run's folder that is held in memory: for runs of which only the numbers are kept. */
export function memoryStore(location = "memory"): ArtifactStore {
  const files = new Map<string, Uint8Array>();
  const bytesOf = (content: Uint8Array | string): Uint8Array =>
    typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    location,
    async write(name, content) {
      files.set(name, bytesOf(content));
    },
    async append(name, content) {
      const before = files.get(name) ?? new Uint8Array(0);
      const added = bytesOf(content);
      const all = new Uint8Array(before.length + added.length);
      all.set(before);
      all.set(added, before.length);
      files.set(name, all);
    },
    read: async (name) => files.get(name),
    async truncate(name, length) {
      const file = files.get(name);
      if (file) files.set(name, file.slice(0, length));
    },
    list: async () => [...files.keys()],
  };
}
