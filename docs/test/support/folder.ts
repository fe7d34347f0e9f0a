import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { root } from "./fences.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Where a user's packages would be, and where they are here. */
const installed = {
  "@spectrai": "node_modules",
  "@tensorflow": "node_modules",
  "@types": "node_modules",
  vitest: "node_modules",
  zod: "packages/core/node_modules",
};

/** A folder outside the repository in which its packages are installed, removed when the test file is through. */
export function userFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "spectrai-docs-")));
  folders.push(folder);
  mkdirSync(join(folder, "node_modules"));
  for (const [name, from] of Object.entries(installed))
    symlinkSync(join(root, from, name), join(folder, "node_modules", name));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
