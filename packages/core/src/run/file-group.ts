import type { OutputFolder } from "../contracts/files.ts";
import type { BesideFile, ByteSink } from "../contracts/writer.ts";

/** A file and those that a writer opens beside it: they appear together, or not at all. */
export interface FileGroup {
  readonly sink: ByteSink;
  readonly beside: BesideFile;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export async function fileGroup(folder: OutputFolder, name: string): Promise<FileGroup> {
  const stem = name.replace(/\.[^./\\]+$/, "");
  const sink = await folder.create(name);
  const others: Awaited<ReturnType<OutputFolder["create"]>>[] = [];
  return {
    sink,
    async beside(ending) {
      const file = await folder.create(stem + ending);
      others.push(file);
      return file;
    },
    async commit() {
      for (const file of [...others, sink]) await file.commit();
    },
    async abort() {
      for (const file of [...others, sink]) await file.abort();
    },
  };
}
