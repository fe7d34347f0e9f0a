import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..", "..");

/** Every page that is kept true: README, docs, and the packages' READMEs. */
export const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, "packages"))
    .map((name) => `packages/${name}/README.md`)
    .filter((path) => existsSync(join(root, path))),
];

/** A code block, and what the HTML comments above it say is to be done with it. */
export interface Fence {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** `run: NAME`, `norun: REASON`, `save: NAME/FILE`, `merge: NAME/FILE`. */
  readonly directives: Readonly<Record<string, string>>;
  /** The generator of the part it stands in: it was written from a source that is tested elsewhere. */
  readonly generated: string | undefined;
}

function fencesOf(page: string): Fence[] {
  const found: Fence[] = [];
  let directives: Record<string, string> = {};
  let generated: string | undefined;
  let open: { line: number; language: string; code: string[] } | undefined;
  for (const [i, text] of readFileSync(join(root, page), "utf8").split("\n").entries()) {
    if (open) {
      if (text !== "```") {
        open.code.push(text);
        continue;
      }
      const { line, language, code } = open;
      found.push({ page, line, language, code: code.join("\n"), directives, generated });
      [open, directives] = [undefined, {}];
      continue;
    }
    const fence = /^```(.*)$/.exec(text);
    const comment = /^<!-- ([\w-]+)(?:: (.*?))? -->$/.exec(text);
    if (fence) open = { line: i + 1, language: fence[1]!, code: [] };
    else if (comment?.[1] === "generated") generated = comment[2];
    else if (comment?.[1] === "end") generated = undefined;
    else if (comment) directives[comment[1]!] = comment[2] ?? "";
    else if (text.trim() !== "") directives = {};
  }
  if (open) throw new Error(`${page}:${open.line}: the code block has no end`);
  return found;
}

export const fences: readonly Fence[] = pages.flatMap(fencesOf);

export const at = ({ page, line }: Fence): string => `${page}:${line}`;
