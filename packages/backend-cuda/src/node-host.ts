import { execFile } from "node:child_process";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as util from "node:util";
import { isMainThread } from "node:worker_threads";
import type { Host, Ran, RunOptions } from "./host.ts";

const attempt = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};

/** Of a folder's modules; the file need not exist. */
const requireOf = (folder: string): NodeJS.Require => createRequire(join(folder, "_.js"));
const own = createRequire(import.meta.url);

function run(program: string, args: readonly string[], { env, seconds }: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    const options = {
      env: { ...process.env, ...env },
      timeout: seconds * 1000,
      killSignal: "SIGKILL",
      maxBuffer: 4 * 2 ** 20,
      windowsHide: true,
    } as const;
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) resolve({ status: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ status: error.code, stdout, stderr });
      else {
        const ended = error.killed ? `no end after ${seconds} s` : (error.signal ?? String(error.code));
        resolve({ status: undefined, ended, stdout, stderr });
      }
    });
  });
}

/** The machine and process at hand. */
export const nodeHost = (): Host => ({
  platform: process.platform,
  arch: process.arch,
  node: process.versions.node,
  napi: Number(process.versions["napi"]),
  legacyUtil: typeof (util as { isNullOrUndefined?: unknown }).isNullOrUndefined === "function",
  mainThread: isMainThread,
  env: process.env,
  resolve: (name, folder) =>
    folder === undefined
      ? (attempt(() => requireOf(process.cwd()).resolve(name)) ?? attempt(() => own.resolve(name)))
      : attempt(() => requireOf(folder).resolve(name)),
  core: own.resolve("@tensorflow/tfjs-core"),
  load: (file) => own(file) as unknown,
  read: (file) => attempt(() => readFileSync(file, "utf8")),
  list: (folder) => attempt(() => readdirSync(folder)) ?? [],
  real: (file) => attempt(() => realpathSync(file)),
  run,
  execPath: process.execPath,
});
