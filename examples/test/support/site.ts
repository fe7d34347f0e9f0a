import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build, type Plugin } from "vite";

const root = join(import.meta.dirname, "..", "..");

/** A script of the bundle. */
export interface Chunk {
  readonly modules: readonly string[];
  /** Scripts that it imports before it runs. */
  readonly imports: readonly string[];
}

export interface BuiltSite {
  readonly folder: string;
  readonly chunks: ReadonlyMap<string, Chunk>;
  /** Names of all files. */
  readonly files: readonly string[];
  /** What Vite and its bundler had to complain about. */
  readonly warnings: readonly string[];
}

/** Builds an example with its own Vite config from the packages' sources, into a folder of its own. */
export async function buildSite(example: string): Promise<BuiltSite> {
  const folder = mkdtempSync(join(tmpdir(), `spectrai-${example}-`));
  const warnings: string[] = [];
  const chunks = new Map<string, Chunk>();
  // Workers are bundles of their own.
  const recorder = (): Plugin => ({
    name: "recorder",
    generateBundle: (_, bundle) => {
      for (const file of Object.values(bundle))
        if (file.type === "chunk") chunks.set(file.fileName, { modules: file.moduleIds, imports: file.imports });
    },
  });
  const conditions = ["@spectrai/source", "module", "browser", "production"];
  const warn = (message: string): void => {
    // How long the building took says nothing of what was built.
    if (!message.includes("PLUGIN_TIMINGS")) warnings.push(message);
  };
  await build({
    root: join(root, example),
    resolve: { conditions },
    build: { outDir: folder, emptyOutDir: true },
    plugins: [recorder()],
    worker: { plugins: () => [recorder()] },
    logLevel: "warn",
    customLogger: {
      info: () => undefined,
      warn,
      warnOnce: warn,
      error: warn,
      clearScreen: () => undefined,
      hasErrorLogged: () => false,
      hasWarned: false,
    },
  });
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return { folder, chunks, files, warnings };
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly url: string;
  /** Names of the files that were asked for. */
  readonly asked: string[];
  close(): void;
}

/** Serves a folder on a port of localhost, which browsers trust as they do https. */
export async function serve(folder: string): Promise<Site> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = new URL(request.url!, "http://localhost").pathname.slice(1) || "index.html";
    const path = join(folder, name);
    if (name.includes("..") || !existsSync(path)) return void response.writeHead(404).end();
    asked.push(name);
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
    response.end(readFileSync(path));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
