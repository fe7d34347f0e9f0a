import { posix, win32 } from "node:path";
import type { Host } from "./host.ts";

/** Shared libraries that the system's loader would find, and others that lie where NVIDIA's installers put them. */
export interface Libraries {
  /** Path of a file by its name; undefined = the loader does not find it. */
  readonly find: (file: string) => string | undefined;
  /** Files of the same library in another version, or out of the loader's sight. */
  readonly others: (file: string) => readonly string[];
}

/** Folders of a search path that are looked into; more than any real one has. */
const mostFolders = 64;

/** A file's name without its version. */
const stem = (file: string): string =>
  file.endsWith(".dll") ? file.replace(/64_.*$/, "64_") : `${file.split(".so")[0]!}.so`;

const isLibrary = /\.so(\.|$)|\.dll$/i;

const inFolders = (host: Host, folders: readonly string[]): string[] => {
  const { join } = host.platform === "win32" ? win32 : posix;
  return folders.slice(0, mostFolders).flatMap((folder) =>
    host
      .list(folder)
      .filter((name) => isLibrary.test(name))
      .map((name) => join(folder, name)),
  );
};

const byName = (paths: readonly string[]): Map<string, string> => {
  const found = new Map<string, string>();
  for (const path of paths) {
    const name = path.split(/[/\\]/).at(-1)!;
    if (!found.has(name)) found.set(name, path);
  }
  return found;
};

/** Paths in the loader's cache, as `ldconfig -p` prints them: `\tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1`. */
async function cached(host: Host): Promise<string[]> {
  for (const program of ["ldconfig", "/sbin/ldconfig"]) {
    const { status, stdout } = await host.run(program, ["-p"], { seconds: 10 });
    if (status === 0)
      return stdout.split("\n").flatMap((line) => (/x86-64/.test(line) ? (/=> (\S.*)$/.exec(line)?.[1] ?? []) : []));
  }
  return [];
}

/** Where NVIDIA's installers put CUDA. */
function homes(host: Host): string[] {
  if (host.platform === "win32") {
    const toolkit = win32.join(host.env["ProgramFiles"] ?? "C:\\Program Files", "NVIDIA GPU Computing Toolkit", "CUDA");
    return host.list(toolkit).map((version) => win32.join(toolkit, version, "bin"));
  }
  const versions = host.list("/usr/local").filter((name) => /^cuda(-|$)/.test(name));
  return versions.map((name) => `/usr/local/${name}/lib64`);
}

/** Looks once at the search path, the loader's cache and the usual places; the folders named come first. */
export async function searchLibraries(host: Host, first: readonly string[] = []): Promise<Libraries> {
  const windows = host.platform === "win32";
  const path = (host.env[windows ? "PATH" : "LD_LIBRARY_PATH"] ?? "").split(windows ? ";" : ":").filter(Boolean);
  const seen = byName([...inFolders(host, [...first, ...path]), ...(windows ? [] : await cached(host))]);
  const elsewhere = inFolders(host, homes(host));
  return {
    find: (file) => seen.get(file),
    others: (file) => [
      ...new Set([...seen.values(), ...elsewhere].filter((at) => stem(at.split(/[/\\]/).at(-1)!) === stem(file))),
    ],
  };
}
