import type { OutputFolder } from "@spectrai/core";

/** A folder in memory: results are put into it, and taken from it for downloading. */
export interface ResultFolder extends OutputFolder {
  /** Those that are whole, in the order in which they became so. */
  files(): readonly File[];
}

export function resultFolder(): ResultFolder {
  const done = new Map<string, File>();
  return {
    location: "results",
    files: () => [...done.values()],
    create: (name) => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      return Promise.resolve({
        // The writer may use its buffer again.
        write: (bytes) => Promise.resolve(void parts.push(new Uint8Array(bytes))),
        commit: () => Promise.resolve(void done.set(name, new File(parts, name))),
        abort: () => Promise.resolve(void (parts.length = 0)),
      });
    },
  };
}
