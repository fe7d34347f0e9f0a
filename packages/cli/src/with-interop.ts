import { SpectraiError } from "@spectrai/core";

/** Loads a command that needs the package that reads and writes other programs' files, which is not installed by itself. */
export async function withInterop<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (e) {
    if (e instanceof Error && /Cannot find package '@spectrai\/interop'/.test(e.message))
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_NOT_FOUND",
        "This command needs the package @spectrai/interop, which is not installed; run npm install @spectrai/interop.",
        { cause: e },
      );
    throw e;
  }
}
