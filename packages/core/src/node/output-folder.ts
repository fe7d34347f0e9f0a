/// <reference types="node" />
import { dirname, isAbsolute, join, relative } from "node:path";
import type { OutputFolder } from "../contracts/files.ts";
import { SpectraiError } from "../errors.ts";
import { atomicSink } from "./atomic-file.ts";
import { makeFolder } from "./make-folder.ts";
import { errorFromSystem } from "./system-error.ts";

/** A folder for results, made when the first one is written. Names may have sub-folders, but not leave the folder. */
export function outputFolder(location: string): OutputFolder {
  return {
    location,
    async create(name) {
      const path = join(location, name);
      const inside = relative(location, path);
      if (inside.startsWith("..") || isAbsolute(inside))
        throw new SpectraiError("SPECTRAI_FILE_UNWRITABLE", `"${name}" lies outside the output folder ${location}.`);
      await makeFolder(dirname(path)).catch((e: unknown) => {
        throw errorFromSystem(e, dirname(path), "write");
      });
      return atomicSink(path);
    },
  };
}
