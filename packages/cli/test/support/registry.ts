import { execFileSync } from "node:child_process";
import { createReadStream, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./spectrai.ts";

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, { readonly types?: string; readonly default?: string }>>;
}

export interface Tarball {
  readonly path: string;
  readonly manifest: Manifest;
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The package.json inside a tarball. */
export const readTarball = (path: string): Tarball => ({
  path,
  manifest: JSON.parse(execFileSync("tar", ["-xzOf", path, "package/package.json"], { encoding: "utf8" })) as Manifest,
});

/** Packs every package of the repository as a release does. */
export function packAll(into: string): Tarball[] {
  const pnpm = join(root, ".tools/node_modules/pnpm/bin/pnpm.cjs");
  execFileSync(
    process.execPath,
    [pnpm, "--recursive", "--filter", "./packages/*", "pack", "--pack-destination", into],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
  return readdirSync(into)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => readTarball(join(into, name)));
}

/** The third-party packages that are installed in the repository: folders by `name@version`. */
function installed(): Map<string, string> {
  const store = join(root, "node_modules/.pnpm");
  const found = new Map<string, string>();
  for (const entry of readdirSync(store, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === "node_modules") continue;
    const inside = join(store, entry.name, "node_modules");
    for (const name of readdirSync(inside, { withFileTypes: true }).flatMap((e) =>
      e.name.startsWith("@") ? readdirSync(join(inside, e.name), { withFileTypes: true }) : [e],
    )) {
      // What an entry only links to has an entry of its own.
      if (!name.isDirectory() || name.name === ".bin") continue;
      const folder = join(name.parentPath, name.name);
      const { name: full, version } = manifestIn(folder);
      found.set(`${full}@${version}`, folder);
    }
  }
  return found;
}

/** An installed package as the archive it came from. Not made with tar, which stores files that share their content as links. */
function tarOf(folder: string): Uint8Array {
  const blocks: Buffer[] = [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name));
  for (const file of files) {
    const name = `package/${file.slice(folder.length + 1)}`;
    if (name.includes("/node_modules/")) continue;
    const content = readFileSync(file);
    const split = name.length <= 100 ? 0 : name.indexOf("/", name.length - 101) + 1;
    const header = Buffer.alloc(512);
    const octal = (n: number, width: number): string => `${n.toString(8).padStart(width - 1, "0")}\0`;
    header.write(name.slice(split), 0);
    header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(content.length, 12) + octal(0, 12), 100);
    header.write("        0", 148);
    header.write("ustar\u000000", 257);
    header.write(name.slice(0, Math.max(0, split - 1)), 345);
    header.write(
      octal(
        header.reduce((sum, byte) => sum + byte, 0),
        7,
      ),
      148,
    );
    blocks.push(header, content, Buffer.alloc(-content.length & 511));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/**
 * A npm registry on this machine, so that a test installs packages as a user does and needs no network. It has the
 * tarballs given, and what the repository has installed, packed when asked for.
 *
 * @returns its address and how to stop it
 */
export async function localRegistry(tarballs: readonly Tarball[], cache: string): Promise<[string, () => void]> {
  const ours = new Map(tarballs.map((t) => [`${t.manifest.name}@${t.manifest.version}`, t]));
  const others = installed();
  const manifests = [...[...ours.values()].map((t) => t.manifest), ...[...others.values()].map(manifestIn)];

  const packed = (id: string): string | undefined => {
    const own = ours.get(id)?.path;
    const folder = others.get(id);
    if (own !== undefined || folder === undefined) return own;
    const path = join(cache, `${id.replaceAll("/", "+")}.tgz`);
    if (statSync(path, { throwIfNoEntry: false })) return path;
    writeFileSync(path, gzipSync(tarOf(folder), { level: 1 }));
    return path;
  };

  const server = createServer((request, response) => {
    const [, name, file] = /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+)\.tgz)?$/.exec(decodeURIComponent(request.url!)) ?? [];
    const path = file === undefined ? undefined : packed(`${name}@${file}`);
    if (path !== undefined) return void createReadStream(path).pipe(response);
    const versions = manifests.filter((m) => m.name === name);
    if (file !== undefined || versions.length === 0) return void response.writeHead(404).end("{}");
    const address = `http://${request.headers.host}`;
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        name,
        "dist-tags": { latest: versions.at(-1)!.version },
        versions: Object.fromEntries(
          versions.map((m) => [m.version, { ...m, dist: { tarball: `${address}/${name}/-/${m.version}.tgz` } }]),
        ),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => server.close()];
}
