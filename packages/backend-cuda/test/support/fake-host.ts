import type { Host, Ran } from "../../src/host.ts";
import { type FakeOptions, loadFake } from "./fake-package.ts";

const modules = "/home/me/node_modules/@tensorflow";
const folder = `${modules}/tfjs-node-gpu`;
const lib = "/usr/lib/x86_64-linux-gnu";

export const ok = (stdout: string): Ran => ({ status: 0, stdout, stderr: "" });
export const notThere: Ran = { status: undefined, ended: "ENOENT", stdout: "", stderr: "" };

/** What the process that tries the package prints. */
export const says = (said: object, stderr = ""): Ran => ({
  status: 0,
  stdout: `a line of another\nspectrai-cuda:${JSON.stringify({ gpu: true, tensorflow: "2.9.1", sum: 9, ...said })}\n`,
  stderr,
});

export interface FakeMachine extends FakeOptions {
  /** Files: their text, or a link as `-> target`. Undefined takes one away from the machine on which all is well. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** What programs answer, by name; undefined as a program that is not there. */
  readonly programs?: Readonly<Record<string, Ran | undefined>>;
  /** What the process answers in which the package is tried. */
  readonly trial?: Ran;
  readonly host?: Partial<Host>;
}

const files: Record<string, string | undefined> = {
  [`${folder}/package.json`]: JSON.stringify({ version: "4.22.0", binary: { napi_versions: [3, 4, 5, 6, 7, 8] } }),
  [`${folder}/dist/index.js`]: "",
  [`${folder}/dist/nodejs_kernel_backend.js`]: "if ((0, util_1.isNullOrUndefined)(tensorsOrDtype)) {",
  [`${folder}/lib/napi-v8/tfjs_binding.node`]: "",
  [`${folder}/deps/lib/libtensorflow.so.2`]: `-> ${folder}/deps/lib/libtensorflow.so.2.9.1`,
  [`${folder}/deps/lib/libtensorflow.so.2.9.1`]: "",
  [`${folder}/deps/lib/libtensorflow_framework.so.2`]: `-> ${folder}/deps/lib/libtensorflow_framework.so.2.9.1`,
  [`${folder}/deps/lib/libtensorflow_framework.so.2.9.1`]: "",
  [`${modules}/tfjs/dist/tf.node.js`]: "",
  [`${modules}/tfjs-core/package.json`]: '{ "version": "4.22.0" }',
  [`${modules}/tfjs-core/dist/tf-core.node.js`]: "",
  "/proc/driver/nvidia/version":
    "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version:  gcc 12\n",
};

export const libraries = [
  "libcuda.so.1",
  "libcudart.so.11.0",
  "libcublas.so.11",
  "libcublasLt.so.11",
  "libcufft.so.10",
  "libcurand.so.10",
  "libcusolver.so.11",
  "libcusparse.so.11",
  "libcudnn.so.8",
];

/** What `ldconfig -p` prints of these files. */
export const cache = (names: readonly string[]): Ran =>
  ok(
    [
      `${names.length} libs found in cache \`/etc/ld.so.cache'`,
      "\tlibcuda.so.1 (libc6) => /usr/lib/i386-linux-gnu/libcuda.so.1",
      ...names.map((name) => `\t${name} (libc6,x86-64) => ${lib}/${name}`),
    ].join("\n"),
  );

export const gpus = ok("NVIDIA A100-SXM4-40GB, 535.104.05, 40960\nNVIDIA A100-SXM4-40GB, 535.104.05, 40960\n");

/** A machine on which all is well, save for what is said; with what was run on it. */
export function fakeHost({ files: changed, programs, trial = says({}), host, ...fake }: FakeMachine = {}): Host & {
  readonly runs: { readonly program: string; readonly env: Readonly<Record<string, string | undefined>> }[];
} {
  const tree = new Map(Object.entries({ ...files, ...changed }).filter(([, text]) => text !== undefined));
  const runs: { program: string; env: Readonly<Record<string, string | undefined>> }[] = [];
  const answers: Record<string, Ran | undefined> = { ldconfig: cache(libraries), "nvidia-smi": gpus, ...programs };
  const real = (path: string): string | undefined => {
    const text = tree.get(path);
    return text?.startsWith("-> ") ? real(text.slice(3)) : text === undefined ? undefined : path;
  };
  return {
    runs,
    platform: "linux",
    arch: "x64",
    node: "22.11.0",
    napi: 9,
    legacyUtil: true,
    mainThread: true,
    env: { HOME: "/home/me" },
    core: `${modules}/tfjs-core/dist/tf-core.node.js`,
    execPath: "/usr/bin/node",
    resolve: (name, from) => {
      const main = {
        "@tensorflow/tfjs": "tfjs/dist/tf.node.js",
        "@tensorflow/tfjs-core": "tfjs-core/dist/tf-core.node.js",
      };
      if (name === "@tensorflow/tfjs-core" && from !== undefined) {
        const nested = real(`${folder}/node_modules/@tensorflow/${main[name]}`);
        if (nested !== undefined) return nested;
      }
      if (name === "@tensorflow/tfjs-node-gpu") return real(`${folder}/dist/index.js`);
      return real(`${modules}/${main[name as keyof typeof main] ?? name.replace("@tensorflow/", "")}`);
    },
    load: () => loadFake(fake),
    read: (file) => tree.get(file),
    list: (at) => [
      ...new Set(
        [...tree.keys()].flatMap((file) =>
          file.startsWith(`${at}/`) ? [file.slice(at.length + 1).split("/")[0]!] : [],
        ),
      ),
    ],
    real,
    run: (program, _, { env = {} }) => {
      runs.push({ program, env });
      return Promise.resolve(program === "/usr/bin/node" ? trial : (answers[program] ?? notThere));
    },
    ...host,
  };
}

/** Paths of the fake machine. */
export const paths = { modules, folder, lib };
