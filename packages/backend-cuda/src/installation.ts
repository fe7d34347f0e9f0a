import { dirname, posix, win32 } from "node:path";
import type { Host } from "./host.ts";

/** The package that does the work. */
export const packageName = "@tensorflow/tfjs-node-gpu";
/** The version that this package is made for. */
export const packageVersion = "4.22.0";

const install = `npm install ${packageName}@${packageVersion}`;

/** An installed package that can be tried. */
export interface Installation {
  readonly folder: string;
  readonly version: string;
  /** The module that registers the backend. */
  readonly entry: string;
  /** Where libtensorflow lies. */
  readonly libraries: string;
  /** The version of libtensorflow, from its file's name; undefined where the name does not tell. */
  readonly tensorflow: string | undefined;
}

/** Its script fetches TensorFlow and the addon; package managers that hold back scripts leave it out. */
const rerun = `let its installation script run with npm rebuild ${packageName} (pnpm: pnpm approve-builds, then pnpm rebuild)`;

interface Manifest {
  readonly version?: string;
  readonly binary?: { readonly napi_versions?: readonly number[] };
}

const manifestOf = (host: Host, file: string | undefined): Manifest =>
  JSON.parse((file === undefined ? undefined : host.read(file)) ?? "{}") as Manifest;

/** Why no GPU can be used on this kind of machine at all. */
export const unsupported = ({ platform, arch }: Host): string | undefined =>
  arch === "x64" && (platform === "linux" || platform === "win32")
    ? undefined
    : `TensorFlow's GPU library is built for 64-bit Intel and AMD processors under Linux and Windows alone, and this is ${platform}-${arch}`;

/** tfjs-node 4.22.0 calls `util.isNullOrUndefined`, gone since Node.js 23: https://github.com/tensorflow/tfjs/issues/8609. */
function nodeReason(host: Host, kernels: string | undefined): string | undefined {
  if (host.legacyUtil || kernels?.includes("isNullOrUndefined") === false) return undefined;
  return `${packageName} ${packageVersion} does not run on Node.js ${host.node}, as it calls util.isNullOrUndefined, which Node.js 23 took away; use Node.js 20 or 22`;
}

/** The versions of the one tfjs-core and the other, where they are two. */
function duplicate(host: Host, folder: string): string | undefined {
  const union = host.resolve("@tensorflow/tfjs", folder);
  const theirs = union === undefined ? undefined : host.resolve("@tensorflow/tfjs-core", dirname(union));
  if (theirs === undefined || host.real(theirs) === host.real(host.core)) return undefined;
  const about = (file: string): string => {
    const root = file.slice(0, file.lastIndexOf("tfjs-core") + "tfjs-core".length);
    return `${manifestOf(host, `${root}/package.json`).version ?? "of unknown version"} in ${root}`;
  };
  return `${packageName} brings a second @tensorflow/tfjs-core (${about(theirs)}) beside the one in use (${about(host.core)}), so that the two would not share kernels and gradients; write "overrides": { "@tensorflow/tfjs-core": "${packageVersion}" } into the project's package.json ("resolutions" for yarn, "pnpm": { "overrides" } for pnpm) and install again`;
}

/** Finds the package and all its parts, or says in one sentence which is missing and what to do. */
export function findInstallation(host: Host): Installation | { readonly reason: string } {
  const { join } = host.platform === "win32" ? win32 : posix;
  const manifest = host.resolve(`${packageName}/package.json`);
  const folder = manifest === undefined ? undefined : manifest.replace(/[/\\]package\.json$/, "");
  const node = nodeReason(host, folder && host.read(join(folder, "dist", "nodejs_kernel_backend.js")));
  if (node !== undefined) return { reason: node };
  if (folder === undefined)
    return {
      reason: `the package ${packageName} is not installed; install it in the project's folder with ${install}`,
    };
  const { version = "unknown", binary = {} } = manifestOf(host, manifest);

  const addons = join(
    folder,
    "lib",
    `napi-v${Math.max(...(binary.napi_versions ?? [8]).filter((v) => v <= host.napi))}`,
  );
  const libraries = join(folder, "deps", "lib");
  if (host.real(join(addons, "tfjs_binding.node")) === undefined)
    return {
      reason: `${packageName} is installed without its native addon (${join(addons, "tfjs_binding.node")} is missing); ${rerun}`,
    };
  if (host.platform === "win32") {
    // The installation puts the library where the newest Node-API would look: https://github.com/tensorflow/tfjs/issues/8542
    if (host.real(join(addons, "tensorflow.dll")) === undefined)
      return {
        reason: `tensorflow.dll does not lie beside the native addon; copy ${join(libraries, "tensorflow.dll")} to ${addons}`,
      };
  } else
    for (const file of ["libtensorflow.so.2", "libtensorflow_framework.so.2"])
      if (host.real(join(libraries, file)) === undefined)
        return {
          reason: `${packageName} is installed without TensorFlow's library (${join(libraries, file)} is missing); ${rerun}`,
        };

  const twice = duplicate(host, folder);
  if (twice !== undefined) return { reason: twice };
  const entry = host.resolve(packageName);
  if (entry === undefined)
    return { reason: `${packageName} in ${folder} is damaged: it has no main file; install it again with ${install}` };
  return { folder, version, entry, libraries, tensorflow: tensorflowOf(host, join(libraries, "libtensorflow.so.2")) };
}

/** libtensorflow.so.2 is a link to libtensorflow.so.2.9.1; on Windows the package's own is the only one there is. */
function tensorflowOf(host: Host, library: string): string | undefined {
  if (host.platform === "win32") return "2.9.1";
  return /\.so\.(\d+\.\d+\.\d+)$/.exec(host.real(library) ?? "")?.[1];
}
