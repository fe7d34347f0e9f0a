import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync, cpSync, mkdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localRegistry, type Manifest, packAll, readTarball, type Tarball } from "./support/registry.ts";
import { emptyFolder, type Ran, root, spectrai } from "./support/spectrai.ts";

const packages = readdirSync(join(root, "packages"));
let tarballs: Tarball[] = [];
let registry = "";
let stop = (): void => undefined;

beforeAll(async () => {
  const folder = emptyFolder();
  tarballs = packAll(folder);
  [registry, stop] = await localRegistry(tarballs, emptyFolder());
}, 120_000);
afterAll(() => stop());

/** Every file of a tarball, by its path in the package. */
function unpack({ path }: Tarball): Map<string, string> {
  const folder = emptyFolder();
  execFileSync("tar", ["-xzf", path, "-C", folder]);
  const inside = join(folder, "package");
  return new Map(
    readdirSync(inside, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name))
      .map((file) => [file.slice(inside.length + 1), readFileSync(file, "utf8")]),
  );
}

/** The packages that a module imports, Node's own apart. */
function importsOf(code: string): string[] {
  const from = /^\s*(?:import|export)\b[^"'();]*?\bfrom\s*["']([^"']+)["']/gm;
  const bare = /^\s*import\s*["']([^"']+)["']/gm;
  const dynamic = /\bimport\(\s*["']([^"']+)["']/g;
  return [from, bare, dynamic]
    .flatMap((pattern) => [...code.matchAll(pattern)].map((m) => m[1]!))
    .filter((name) => !/^[.#]/.test(name) && !name.startsWith("node:") && !builtinModules.includes(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]);
}

describe("each package, packed", () => {
  it("is every package of the repository", () => {
    expect(tarballs.map((t) => t.manifest.name).sort()).toEqual(packages.map((p) => `@spectrai/${p}`).sort());
  });

  it.each(packages)("%s says what it needs, ships what it exports, and imports nothing else", (name) => {
    const tarball = tarballs.find((t) => t.manifest.name === `@spectrai/${name}`)!;
    const { manifest } = tarball;
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/);
    const files = unpack(tarball);
    for (const [entry, { types, default: main }] of Object.entries(manifest.exports!)) {
      expect(types, `${entry} has types`).toMatch(/\.d\.ts$/);
      for (const file of [types!, main!])
        expect([...files.keys()], `${name} ${entry}`).toContain(file.replace("./", ""));
    }
    const declared = new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
      manifest.name,
    ]);
    const code = [...files].filter(([file]) => /\.(js|mjs|d\.ts)$/.test(file) && !file.startsWith("src/"));
    expect(code.length).toBeGreaterThan(0);
    for (const [file, text] of code)
      for (const imported of importsOf(text)) expect(declared, `${imported} in ${file}`).toContain(imported);
    for (const file of files.keys()) expect(file).not.toMatch(/^test\/|tsbuildinfo$|\.test\./);
  });
});

const npm = (folder: string, args: readonly string[]): Promise<Ran> =>
  spectrai(folder, args, {
    program: ["npm"],
    limit: 100_000,
    env: {
      npm_config_registry: registry,
      npm_config_cache: join(folder, ".npm"),
      npm_config_noproxy: "127.0.0.1",
      npm_config_userconfig: join(folder, ".npmrc"),
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_fetch_retries: "0",
    },
  });

describe("a stranger", () => {
  let plugin: Tarball;

  it("writes a plugin of three files, builds it, tests it and packs it", async () => {
    const folder = join(emptyFolder(), "plugin");
    cpSync(join(root, "examples/plugin-spectral-mlp"), folder, { recursive: true });
    expect(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => e.name)
        .sort(),
    ).toEqual(["index.ts", "package.json", "plugin.test.ts"]);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      const ours = tarballs.find((t) => t.manifest.name === name);
      if (ours) expect(version.replace(/^(\^|>=)/, "").split(" ")[0]).toBe(ours.manifest.version);
    }

    // What it states is installed; of its tools, the large ones that are the same for everyone are lent.
    const stated = readFileSync(join(folder, "package.json"));
    const { devDependencies, ...shipped } = JSON.parse(stated.toString()) as Manifest;
    const lent = ["typescript", "vitest"];
    const wanted = { ...devDependencies, ...shipped.peerDependencies, ...shipped.dependencies };
    const dependencies = Object.fromEntries(Object.entries(wanted).filter(([name]) => !lent.includes(name)));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ ...shipped, peerDependencies: {}, dependencies }));
    const installed = await npm(folder, ["install", "--legacy-peer-deps", "--no-package-lock"]);
    expect(installed.code, installed.stderr).toBe(0);
    writeFileSync(join(folder, "package.json"), stated);
    mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
    for (const name of [...lent, ".bin/tsc", ".bin/vitest"])
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));

    const tested = await npm(folder, ["test"]);
    expect(tested.code, tested.stdout + tested.stderr).toBe(0);
    const packed = await npm(folder, ["pack", "--silent"]);
    expect(packed.code, packed.stdout + packed.stderr).toBe(0);
    plugin = readTarball(join(folder, packed.stdout.trim().split("\n").at(-1)!));
    expect([...unpack(plugin).keys()].sort()).toEqual(["dist/index.d.ts", "dist/index.js", "package.json"]);
  });

  it("installs core, the command and four plugins, and trains", async () => {
    expect(plugin, "the plugin of the test before").toBeDefined();
    const folder = emptyFolder();
    writeFileSync(join(folder, "package.json"), `{"private":true}`);
    const names = [
      "@spectrai/core",
      "@spectrai/cli",
      "@spectrai/datasets",
      "@spectrai/losses",
      "@spectrai/backend-wasm",
    ];
    const installed = await npm(folder, ["install", ...names, plugin.path]);
    expect(installed.code, installed.stderr).toBe(0);
    const there = readdirSync(join(folder, "node_modules/@spectrai")).sort();
    expect(there, "nothing that was not asked for or needed").toEqual([
      "backend-wasm",
      "cli",
      "core",
      "datasets",
      "losses",
      "nn",
      "report",
    ]);
    expect(existsSync(join(folder, "node_modules/spectrai-plugin-spectral-mlp/dist/index.js"))).toBe(true);

    const config = (more: object): void =>
      writeFileSync(
        join(folder, "spectrai.config.json"),
        JSON.stringify({
          plugins: ["@spectrai/datasets", "@spectrai/losses", "@spectrai/backend-wasm", "spectrai-plugin-spectral-mlp"],
          task: "denoising",
          data: { name: "raman-pairs", samples: 24, points: 32, cellRows: 4 },
          preprocess: [],
          augment: [],
          model: { name: "spectral-mlp", hidden: 8 },
          train: { epochs: 2, minSteps: null, batchSize: 8 },
          ...more,
        }),
      );
    const installedCommand = { program: [join(folder, "node_modules/.bin/spectrai")] } as const;
    config({});
    const trained = await spectrai(folder, ["train", "--json"], installedCommand);
    expect(trained.code, trained.stderr).toBe(0);
    const result = JSON.parse(trained.stdout) as Record<string, { name: string }>;
    expect(result).toMatchObject({ model: { name: "spectral-mlp" }, backend: { name: "wasm" } });

    // What is not installed is named, with the package that has it.
    const refused = async (more: object, sentence: RegExp): Promise<void> => {
      config(more);
      const { code, stderr } = await spectrai(folder, ["train", "-q"], installedCommand);
      expect(code).toBe(1);
      expect(stderr).toMatch(sentence);
    };
    await refused({ model: "unet" }, /model.*"unet".*npm install @spectrai\/models-unet/);
    await refused({ preprocess: undefined }, /"max-normalize".*npm install @spectrai\/preprocess/);
    await refused({ plugins: ["@spectrai/io-formats"] }, /npm install @spectrai\/io-formats/);
    const exported = await spectrai(folder, ["export", "model.safetensors", "-o", "model.onnx"], installedCommand);
    expect(exported.code).toBe(1);
    expect(exported.stderr).toMatch(/npm install @spectrai\/interop/);
    const compared = await spectrai(folder, ["doctor", "--parity"], installedCommand);
    expect(compared.stderr).toMatch(/npm install @spectrai\/parity/);
  });
});
