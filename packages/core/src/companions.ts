import type { FileEntry } from "./contracts/files.ts";

/** Endings of raw image files, of which a header (.hdr) of the same name tells what is in them, in the order of their use. */
export const rawEndings: readonly string[] = [".dat", ".img", ".raw", ".bsq", ".bil", ".bip", ".sli", ".cube", ".lib"];

/**
 * Files without those that only belong to another of them: the header of a raw file, and what is written beside a result (the
 * legend of its colours, the probabilities of its classes, its axis).
 */
export function withoutCompanions(files: readonly FileEntry[]): readonly FileEntry[] {
  const paths = new Set(files.map((f) => f.path));
  const stems = new Set(files.map((f) => stemOf(f.path)));
  return files.filter(({ path }) => {
    const stem = stemOf(path);
    if (/\.hdr$/i.test(path)) return !(isRaw(stem) && paths.has(stem)) && !rawFiles(stem).some((raw) => paths.has(raw));
    const result = /^(.+)\.(legend\.png|probability\.[^./\\]+|axis\.npy)$/.exec(path)?.[1];
    return result === undefined || !stems.has(result);
  });
}

const stemOf = (path: string): string => path.replace(/\.[^./\\]*$/, "");
const isRaw = (path: string): boolean => rawEndings.some((ending) => path.toLowerCase().endsWith(ending));
const rawFiles = (stem: string): string[] => rawEndings.flatMap((e) => [stem + e, stem + e.toUpperCase()]);
