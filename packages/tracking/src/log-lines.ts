import type { ArtifactStore } from "@spectrai/core";

/**
 * Cuts a log of lines to the part that still holds when a run goes on from an earlier point: everything from the first
 * line that is `beyond` on goes, and so does a last line that a crash left unfinished. Returns what remains and how
 * many lines went; a log that is not there has none.
 */
export async function cutLines(
  store: ArtifactStore,
  name: string,
  beyond: (line: string) => boolean,
): Promise<{ readonly kept: string; readonly dropped: number }> {
  const bytes = await store.read(name);
  if (!bytes) return { kept: "", dropped: 0 };
  const newline = 0x0a;
  const decoder = new TextDecoder();
  let end = 0;
  while (end < bytes.length) {
    const next = bytes.indexOf(newline, end);
    if (next < 0 || beyond(decoder.decode(bytes.subarray(end, next)))) break;
    end = next + 1;
  }
  let dropped = end < bytes.length ? 1 : 0;
  for (let at = bytes.indexOf(newline, end); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(newline, at + 1))
    dropped++;
  if (end < bytes.length) await store.truncate(name, end);
  return { kept: decoder.decode(bytes.subarray(0, end)), dropped };
}
