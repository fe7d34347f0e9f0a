const special = /[*?{]/;

/** Whether a path is a pattern: it has `*`, `?` or `{`. */
export const isGlob = (path: string): boolean => special.test(path);

/** The leading folders of a pattern that are plain names, and the pattern below them. */
export function splitGlob(pattern: string): { readonly folder: string; readonly rest: string } {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => isGlob(part));
  const folder = parts.slice(0, first).join("/");
  return { folder: folder === "" ? (pattern.startsWith("/") ? "/" : ".") : folder, rest: parts.slice(first).join("/") };
}

/** How many folders deep a pattern can match, counting the file: `a/*.mat` 2, anything with `**` without limit. */
export const globDepth = (pattern: string): number =>
  pattern.includes("**") ? Infinity : Math.max(...expandBraces(pattern).map((p) => p.split("/").length));

/** `a{b,c}` → `ab`, `ac`; nested groups too. A brace without its partner stands for itself. */
export function expandBraces(pattern: string): string[] {
  const open = pattern.indexOf("{");
  if (open < 0) return [pattern];
  const cuts = [open];
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === "{") depth++;
    else if (c === "," && depth === 1) cuts.push(i);
    else if (c === "}" && --depth === 0) {
      cuts.push(i);
      const tails = expandBraces(pattern.slice(i + 1));
      const inner = cuts.slice(1).flatMap((end, k) => expandBraces(pattern.slice(cuts[k]! + 1, end)));
      return inner.flatMap((middle) => tails.map((tail) => pattern.slice(0, open) + middle + tail));
    }
  }
  return expandBraces(pattern.slice(open + 1)).map((tail) => pattern.slice(0, open + 1) + tail);
}

/**
 * A test of relative paths with forward slashes: `*` and `?` within a name, `**` any number of folders, `{a,b}` either.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const alternatives = expandBraces(pattern).map((p) =>
    p.split("/").map((part) => (part === "**" ? null : nameTest(part))),
  );
  return (path) => {
    const names = path.split("/");
    return alternatives.some((parts) => matches(parts, 0, names, 0));
  };
}

type Part = RegExp | null;

function matches(parts: readonly Part[], p: number, names: readonly string[], n: number): boolean {
  if (p === parts.length) return n === names.length;
  const part = parts[p]!;
  if (part !== null) return n < names.length && part.test(names[n]!) && matches(parts, p + 1, names, n + 1);
  // Two `**` in a row are one. As the last part it takes at least one name.
  if (parts[p + 1] === null) return matches(parts, p + 1, names, n);
  if (p === parts.length - 1) return n < names.length;
  for (let skip = n; skip < names.length; skip++) if (matches(parts, p + 1, names, skip)) return true;
  return false;
}

/** One path part as an expression; runs of `*` are one, so that the test stays fast. */
const nameTest = (part: string): RegExp =>
  new RegExp(
    `^${part
      .replace(/\*+/g, "*")
      .replace(/[.+^$()|[\]{}\\]/g, String.raw`\$&`)
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "su",
  );
