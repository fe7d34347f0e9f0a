import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "@spectrai/core";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? sources(join(folder, e.name)) : e.name.endsWith(".ts") ? [join(folder, e.name)] : [],
  );

describe("the error codes", () => {
  it("stand in docs/errors.md with their meaning, all and no others (node scripts/errors-page.mjs writes it)", () => {
    const rows = readFileSync(join(root, "docs", "errors.md"), "utf8").matchAll(
      /^\| `(SPECTRAI_\w+)` +\| (.*?) +\|$/gm,
    );
    expect(Object.fromEntries([...rows].map(([, code, meaning]) => [code, meaning]))).toEqual(errorCodes);
  });

  it("are each used by some package, and no other is", () => {
    const text = readdirSync(join(root, "packages"))
      .flatMap((p) => sources(join(root, "packages", p, "src")))
      .filter((f) => !f.endsWith(join("core", "src", "errors.ts")))
      .map((f) => readFileSync(f, "utf8"))
      .join("\n");
    // Environment variables have the same prefix.
    const used = new Set(
      [...text.matchAll(/(?<!(?:process\.env|environment)\[)"(SPECTRAI_[A-Z_]+)"/g)].map(([, code]) => code!),
    );
    expect([...used].sort()).toEqual(Object.keys(errorCodes).sort());
  });
});
