import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages as generatedPages, upToDate } from "../../scripts/docs-pages.mjs";
import { at, fences, pages, root } from "./support/fences.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("the generated parts (node scripts/docs-pages.mjs writes them)", () => {
  it.each(generatedPages)("are up to date in %s", async (page) => {
    expect(read(page)).toBe(await upToDate(page));
  });

  it("show the files of the example plugin as they are", () => {
    const page = read("docs/plugin-author.md");
    for (const file of ["package.json", "src/index.ts", "test/plugin.test.ts"])
      expect(page).toContain(`\n${read(`examples/plugin-spectral-mlp/${file}`).trimEnd()}\n\`\`\``);
  });
});

it("examples on the pages are as they are in their files", () => {
  const shown = fences.filter((f) => f.directives["example"] !== undefined);
  expect(shown.length).toBeGreaterThan(0);
  for (const fence of shown) expect(`${fence.code}\n`, at(fence)).toBe(read(fence.directives["example"]!));
});

/** As GitHub makes them: lower case, punctuation gone, spaces to hyphens. */
const anchors = (page: string): string[] =>
  [...page.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe.each(pages)("%s", (page) => {
  it("links to what is there", () => {
    const text = read(page).replace(/^```[\s\S]*?^```$/gm, "");
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path, anchor] = target!.split("#");
      const file = path ? join(dirname(page), path) : page;
      expect(existsSync(join(root, file)), `${target} in ${page}`).toBe(true);
      if (anchor) expect(anchors(read(file)), `#${anchor} in ${file}`).toContain(anchor);
    }
  });
});

it("the index names every page", () => {
  const index = read("docs/index.md");
  for (const page of pages.filter((p) => p.startsWith("docs/") && p !== "docs/index.md"))
    expect(index).toContain(`(${page.slice("docs/".length)})`);
});

it("every code block says what it is, and every command whether it is run", () => {
  for (const fence of fences) {
    expect(["sh", "yaml", "ts", "json", "text"], at(fence)).toContain(fence.language);
    const { run, norun } = fence.directives;
    if (fence.language === "sh")
      expect((run ?? norun ?? "").length, `${at(fence)} is run or says why not`).toBeGreaterThan(0);
  }
});
