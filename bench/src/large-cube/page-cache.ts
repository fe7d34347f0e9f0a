import { spawnSync } from "node:child_process";

/** Asks the system to forget what it holds of a file (`posix_fadvise`, by GNU dd). @returns whether it could be asked */
export const forget = (path: string): boolean =>
  spawnSync("dd", [`if=${path}`, "iflag=nocache", "count=0", "status=none"]).status === 0;

/** The share of a file that lies in the system's memory; undefined where there is no `fincore` to tell. */
export function shareInMemory(path: string, bytes: number): number | undefined {
  const { status, stdout } = spawnSync("fincore", ["--bytes", "--noheadings", "--output", "RES", path], {
    encoding: "utf8",
  });
  return status === 0 ? Math.min(1, Number(stdout.trim()) / bytes) : undefined;
}
