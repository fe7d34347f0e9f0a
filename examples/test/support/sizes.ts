import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BuiltSite } from "./site.ts";

/** Files of a bundle that are loaded together, named by a module in one of them. */
export interface Part {
  readonly name: string;
  /** The end of a module's path. */
  readonly module: string;
  /** Files that are no scripts, by a piece of their names. */
  readonly assets?: string;
  /** It is loaded in any case, and not counted as part of others. */
  readonly always?: true;
  /** Most kB that it may have, compressed: somewhat more than it had when this was written. */
  readonly most: number;
}

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly compressed: number;
  readonly files: readonly string[];
}

/** Sizes of the parts: each with all that it needs and was not loaded in any case, by those before it. */
export function sizesOf(site: BuiltSite, parts: readonly Part[]): Size[] {
  const counted = new Set<string>();
  return parts.map(({ name, module, assets, always }) => {
    const files = [
      ...closure(site, chunkOf(site, module)),
      ...site.files.filter((file) => assets !== undefined && file.includes(assets)),
    ].filter((file) => !counted.has(file));
    const contents = files.map((file) => readFileSync(join(site.folder, file)));
    if (always) for (const file of files) counted.add(file);
    return {
      name,
      bytes: sum(contents.map((content) => content.length)),
      compressed: sum(contents.map((content) => gzipSync(content).length)),
      files,
    };
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function chunkOf({ chunks }: BuiltSite, module: string): string {
  for (const [name, { modules }] of chunks) if (modules.some((id) => id.endsWith(module))) return name;
  throw new Error(`no script of the bundle has the module ${module}`);
}

/** A script and all that it imports before it runs. */
function closure({ chunks }: BuiltSite, first: string): string[] {
  const found = new Set([first]);
  for (const name of found) for (const next of chunks.get(name)?.imports ?? []) found.add(next);
  return [...found];
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0).padStart(6)} kB`;

/** A line for each part; below it its files. */
export const sizeTable = (sizes: readonly Size[]): string =>
  sizes
    .flatMap(({ name, bytes, compressed, files }) => [
      `${name.padEnd(28)}${kilobytes(bytes)}${kilobytes(compressed)} compressed`,
      `    ${files.map((file) => basename(file)).join(", ")}`,
    ])
    .join("\n");
