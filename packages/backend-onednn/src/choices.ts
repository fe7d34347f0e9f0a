import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "@spectrai/core/node";
import type { Native } from "./native.ts";

type Choices = Record<string, number>;

/** A file of more bytes, or with more entries, is not one of ours. */
const mostBytes = 8 * 2 ** 20;
const mostChoices = 20_000;

/**
 * Where the algorithms that were fastest for each shape are remembered: `SPECTRAI_CACHE`, else `XDG_CACHE_HOME/spectrai`,
 * else `~/.cache/spectrai`. A run that is resumed in another process thus computes by the same ones, and to the same digits.
 */
const fileOf = (machine: string): string => {
  const folder =
    process.env["SPECTRAI_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "spectrai");
  return join(folder, `onednn-${machine.replaceAll(/[^A-Za-z0-9.]+/g, "-")}.json`);
};

function read(file: string): Choices {
  try {
    if (statSync(file).size > mostBytes) return {};
    const content = JSON.parse(readFileSync(file, "utf8")) as unknown;
    if (typeof content !== "object" || content === null) return {};
    const entries = Object.entries(content).filter(([, way]) => Number.isInteger(way) && way >= 0 && way < 16);
    return Object.fromEntries(entries.slice(0, mostChoices)) as Choices;
  } catch {
    // Not there yet, or damaged: it will be measured again.
    return {};
  }
}

/** Adds what this process has measured; what another one wrote first stays. */
function write(file: string, fresh: Choices): void {
  try {
    const all = { ...fresh, ...read(file) };
    if (Object.keys(all).length > mostChoices) return;
    const part = `${file}.${process.pid}.part`;
    writeFileSync(part, JSON.stringify(all));
    renameSync(part, file);
  } catch {
    // A folder that cannot be written only costs the next process its own measurements.
  }
}

let remembering = false;

/** Hands the addon what is known about this machine, and writes down what it learns when the process ends. */
export async function rememberChoices(native: Native): Promise<void> {
  if (remembering) return;
  remembering = true;
  const { version, loops } = native.describe();
  const file = fileOf(`${cpus()[0]?.model.trim() ?? process.arch}-${version}-${loops}`);
  // Where it cannot be made, nothing will be written.
  await makeFolder(dirname(file)).catch(() => undefined);
  native.choices(read(file));
  let written = Object.keys(native.choices()).length;
  const save = (): void => {
    const all = native.choices();
    const count = Object.keys(all).length;
    if (count > written) write(file, all);
    written = count;
  };
  // A process that is killed should leave what it knew to the one that goes on with its work.
  setInterval(save, 5000).unref();
  process.on("exit", save);
}
