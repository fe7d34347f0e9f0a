/** Loads libhdf5 (h5wasm, 4 MB) when the first HDF5 file is opened, and gives it that file. */
import type { ByteSource } from "@spectrai/core";
import type * as H5wasm from "h5wasm";
import { damaged, tooLarge } from "../bytes/errors.ts";

/** A file that is held in the library's memory must fit there. */
const mostInMemory = 2 ** 31;

type Library = typeof H5wasm;
let count = 0;

export interface OpenHdf5 {
  readonly library: Library;
  readonly file: H5wasm.File;
  close(): void;
}

/** In Node a file on disk is read in place; elsewhere its bytes are handed over. */
export async function openWithLibrary(source: ByteSource): Promise<OpenHdf5> {
  const local = isNode() ? source.path : undefined;
  const library = local !== undefined ? await nodeBuild() : await import("h5wasm");
  const module = await library.ready;
  // Else every failure is printed to stderr, twenty lines each, and goes on.
  module.activate_throwing_error_handler();
  const path = local ?? `/spectrai-${count++}`;
  if (local === undefined) {
    if (source.size > mostInMemory)
      throw tooLarge(source.name, "an HDF5 file of more than 2 GiB can only be read from a local disk");
    module.FS.writeFile(path, await source.read(0, source.size));
  }
  const forget = (): void => {
    if (local === undefined) module.FS.unlink(path);
  };
  try {
    const file = new library.File(path, "r");
    return {
      library,
      file,
      close: () => {
        file.close();
        forget();
      },
    };
  } catch (e) {
    forget();
    throw damaged(source.name, `the HDF5 library cannot open it (${reason(e)})`, e);
  }
}

/** The first line of what libhdf5 says. */
export const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e)).split("\n")[0]!.trim();

const isNode = (): boolean => {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
};

// The specifier is not a literal, so that a bundle for browsers does not try to include the Node build.
const nodeSpecifier = "h5wasm/node";
const nodeBuild = (): Promise<Library> => import(/* @vite-ignore */ nodeSpecifier) as Promise<Library>;
