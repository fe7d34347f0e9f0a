import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rollup } from "vite";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

interface Manifest {
  readonly name: string;
  readonly keywords?: readonly string[];
}

const manifests = readdirSync(join(root, "packages")).map(
  (folder) => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest,
);

/** These run in Node.js alone: the command, what tests use, and native code. Every other package runs in a browser, too. */
const forNode = new Set(["@spectrai/backend-cuda", "@spectrai/backend-onednn", "@spectrai/cli", "@spectrai/testing"]);

const isBuiltin = (id: string): boolean => id.startsWith("node:") || builtinModules.includes(id);

/** Whether the package of a module says that it does without this one in a browser (TensorFlow.js does, of what it asks for in Node.js). */
function doesWithout(id: string, importer: string | undefined): boolean {
  if (importer?.includes("node_modules") !== true) return false;
  for (let folder = dirname(importer); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (!existsSync(path)) continue;
    const { name, browser } = JSON.parse(readFileSync(path, "utf8")) as { name?: string; browser?: unknown };
    if (name === undefined) continue;
    return typeof browser === "object" && browser !== null && (browser as Record<string, unknown>)[id] === false;
  }
  return false;
}

/** Bundles a module as a web page would have it, and says which of Node's modules it, or anything it imports, asks for. */
async function nodeImports(code: string): Promise<{ builtins: string[]; chunks: readonly Rollup.OutputChunk[] }> {
  const builtins: string[] = [];
  const output = await build({
    configFile: false,
    root,
    logLevel: "silent",
    resolve: { conditions: ["@spectrai/source", "browser", "module", "import", "default"] },
    build: {
      write: false,
      minify: false,
      target: "es2022",
      rollupOptions: { input: "virtual:page", preserveEntrySignatures: "strict" },
    },
    plugins: [
      {
        name: "page",
        enforce: "pre",
        resolveId(id, importer) {
          if (id === "virtual:page") return join(root, "page.js");
          if (isBuiltin(id) && !doesWithout(id, importer)) {
            builtins.push(`${id} from ${importer?.slice(root.length)}`);
            return { id, external: true };
          }
          return undefined;
        },
        load: (id) => (id === join(root, "page.js") ? code : undefined),
      },
    ],
  });
  const [first] = (Array.isArray(output) ? output : [output]) as Rollup.RollupOutput[];
  return { builtins, chunks: first!.output.filter((o) => o.type === "chunk") };
}

describe("in a browser", () => {
  it("notices an import of Node's modules, static or dynamic", async () => {
    const { builtins } = await nodeImports(
      `import { readFileSync } from "node:fs"; console.log(readFileSync); export default () => import("os");`,
    );
    expect(builtins.sort()).toEqual(["node:fs from page.js", "os from page.js"]);
  });

  it.each(manifests.map((m) => m.name).filter((name) => !forNode.has(name)))(
    "%s needs nothing of Node.js",
    async (name) => {
      const { builtins, chunks } = await nodeImports(`export * from "${name}";`);
      expect(builtins).toEqual([]);
      expect(chunks.length).toBeGreaterThan(0);
    },
  );
});
