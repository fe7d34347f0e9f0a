import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeNative } from "./support/native.ts";

const folder = join(import.meta.dirname, "..");
const root = join(folder, "..", "..");
const platform = `${process.platform}-${process.arch}`;

/** What a user's project loads: the packages as they are published, without the folders of the clone. */
const script = `
import { loadNative } from "./node_modules/@spectrai/backend-onednn/dist/native.js";
import { readFileSync } from "node:fs";
const found = loadNative();
const maps = readFileSync("/proc/self/maps", "utf8");
const libraries = [...new Set([...maps.matchAll(/\\S*\\/(?:lib[a-zA-Z]+|spectrai_onednn)\\.(?:so|node)\\S*/g)].map(([path]) => path))];
console.log(JSON.stringify({ reason: found.reason, version: found.native?.describe().version, libraries }));
`;

interface Answer {
  readonly reason?: string;
  readonly version?: string;
  readonly libraries: readonly string[];
}

describeNative("a project that has the packages as they are published", () => {
  let project = "";
  let main = "";
  let inside = "";
  const run = (program: string, args: readonly string[], cwd: string): string =>
    execFileSync(program, args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, SPECTRAI_ONEDNN_BUILD: undefined },
    });
  const load = (): Answer => JSON.parse(run(process.execPath, ["load.mjs"], project)) as Answer;

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), "spectrai-onednn-"));
    writeFileSync(join(project, "package.json"), '{ "private": true }');
    writeFileSync(join(project, "load.mjs"), script);
    inside = join(project, "node_modules", "@spectrai", "backend-onednn");
    main = join(project, run("npm", ["pack", "--silent", "--pack-destination", project], folder).trim());
  }, 120_000);
  /** Unpacked, not installed: what it depends on is not needed to find the addon, and would have to be fetched. */
  const unpackMain = (): void => {
    mkdirSync(inside, { recursive: true });
    run("tar", ["-xzf", main, "-C", inside, "--strip-components=1"], project);
  };
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it("is told which package is missing", () => {
    unpackMain();
    expect(load().reason).toContain(`@spectrai/backend-onednn-${platform}`);
  });

  it("loads the addon of the platform's package, with the oneDNN that lies beside it", () => {
    const staged = join(project, "staged");
    const build = process.env["SPECTRAI_ONEDNN_BUILD"];
    execFileSync(process.execPath, [join(root, "scripts", "native.mjs"), "--package", staged], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, SPECTRAI_ONEDNN_BUILD: build },
    });
    const files = readdirSync(join(staged, "lib")).sort();
    expect(files).toEqual(expect.arrayContaining(["THIRD-PARTY-NOTICES", "spectrai_onednn.node"]));
    expect(files.some((name) => name.startsWith("libdnnl.so."))).toBe(true);
    const notices = readFileSync(join(staged, "lib", "THIRD-PARTY-NOTICES"), "utf8");
    expect(notices).toContain("Apache License");
    expect(notices).toContain("Intel Corporation");

    const packed = run("npm", ["pack", "--silent", "--pack-destination", project], staged).trim();
    rmSync(inside, { recursive: true, force: true });
    const quiet = ["--offline", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"];
    run("npm", ["install", ...quiet, join(project, packed)], project);
    unpackMain();
    const { reason, version, libraries } = load();
    expect(reason).toBeUndefined();
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const own = join(project, "node_modules", "@spectrai", `backend-onednn-${platform}`, "lib");
    for (const name of files.filter((n) => n !== "THIRD-PARTY-NOTICES" && !n.startsWith("libOpenCL")))
      expect(
        libraries.filter((path) => path.includes(name.split(".so")[0]!)),
        name,
      ).toEqual([join(own, name)]);
  }, 120_000);
});
