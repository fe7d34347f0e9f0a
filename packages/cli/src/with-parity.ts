import { SpectraiError } from "@spectrai/core";

/** Loads what compares backends, which needs a package that is not installed by itself. */
export async function withParity<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (e) {
    if (e instanceof Error && /Cannot find package '@spectrai\/parity'/.test(e.message))
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_NOT_FOUND",
        "doctor --parity needs the package @spectrai/parity, which is not installed; run npm install @spectrai/parity.",
        { cause: e },
      );
    throw e;
  }
}
