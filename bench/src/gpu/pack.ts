import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { errorFromSystem, makeFolder } from "@spectrai/core/node";
import { gpuPlaces, root } from "../paths.ts";

const platform = "linux-x64";
const bundleName = "gpu-bench.mjs";

/**
 * Makes a folder that runs the benchmark on another machine, without a network or a registry: our code as one module, Dawn,
 * PyTorch's side, a Vulkan loader where this machine has one, and with `withNode` this Node.js. Beside it comes an archive.
 *
 * @returns a sentence about what was made, and its size
 * @throws Error where the folder has something in it or cannot be made, or this is another platform than it is made for
 */
export async function pack(folder: string, withNode: boolean): Promise<string> {
  const out = resolve(folder);
  const here = `${process.platform}-${process.arch}`;
  if (here !== platform) throw new Error(`The folder is made for ${platform}, on such a machine; this is ${here}.`);
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new Error(`${out} has something in it already; name a new folder.`);
  await makeFolder(out).catch((e: unknown) => {
    throw errorFromSystem(e, out, "write");
  });
  await bundle(out);
  copyDawn(out);
  for (const file of ["peer_gpu.py", "networks.py"]) copyFileSync(join(dirname(gpuPlaces.peer), file), join(out, file));
  for (const file of ["run.sh", "README.md"]) copyFileSync(join(root, "bench", "gpu", file), join(out, file));
  copyFileSync(join(root, "LICENSE"), join(out, "LICENSE"));
  chmodSync(join(out, "run.sh"), 0o755);
  copyVulkanLoader(out);
  if (withNode) {
    copyFileSync(process.execPath, join(out, "node"));
    chmodSync(join(out, "node"), 0o755);
  }
  const archive = `${out}.tar.gz`;
  execFileSync("tar", ["-czf", archive, "-C", dirname(out), basename(out)]);
  return `${out}: ${megabytes(sizeOfFolder(out))} MB; ${archive}: ${megabytes(statSync(archive).size)} MB. There: ./run.sh`;
}

async function bundle(out: string): Promise<void> {
  // Heavy, and of no use to those who measure.
  const { build } = await import("vite");
  await build({
    configFile: false,
    root: join(root, "bench"),
    logLevel: "error",
    ssr: { noExternal: true, external: ["webgpu", "@spectrai/backend-cuda"], target: "node" },
    build: {
      ssr: gpuPlaces.child,
      outDir: out,
      emptyOutDir: false,
      target: "node20",
      minify: true,
      rolldownOptions: { output: { entryFileNames: bundleName, codeSplitting: false } },
    },
  });
}

/** The package webgpu without the builds for other platforms. */
function copyDawn(out: string): void {
  const from = dirname(createRequire(import.meta.url).resolve("webgpu"));
  const to = join(out, "node_modules", "webgpu");
  for (const file of ["index.js", "package.json", "LICENSE.md", join("dist", platform, "dawn.node")]) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    copyFileSync(join(from, file), join(to, file));
  }
}

/** For machines with a graphics driver and no loader; `run.sh` takes it only there. */
function copyVulkanLoader(out: string): void {
  const loader = "libvulkan.so.1";
  const folders = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];
  const from = folders.map((folder) => join(folder, loader)).find((file) => existsSync(file));
  if (from === undefined) return;
  mkdirSync(join(out, "lib"));
  copyFileSync(from, join(out, "lib", loader));
  const notice = "/usr/share/doc/libvulkan1/copyright";
  if (existsSync(notice)) copyFileSync(notice, join(out, "lib", "libvulkan.copyright"));
}

const sizeOfFolder = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOfFolder(path) : statSync(path).size);
  }, 0);

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
