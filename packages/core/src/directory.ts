/**
 * Which first-party package provides a component, so that an error can say what to install. Kept equal to the
 * packages by a test; `node scripts/directory.mjs` writes it anew.
 */
import table from "./directory-table.ts";

/** The package that provides a component of this kind and name, whether or not it is installed. */
export const whoProvides = (kind: string, name: string): string | undefined => table[`${kind}/${name}`];

/** The first-party packages that provide components. */
export const packagesOf = (): ReadonlySet<string> => new Set(Object.values(table));
