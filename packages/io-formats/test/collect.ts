import type { ByteSink, FileContent, Writer } from "@spectrai/core";
import { concat } from "../src/bytes/source.ts";

/** What a writer writes. */
export async function written(writer: Writer, content: FileContent): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const sink: ByteSink = { write: (bytes) => Promise.resolve(void parts.push(bytes.slice())) };
  await writer.write(content, sink, () => Promise.reject(new Error("no file beside")));
  return concat(parts);
}

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
