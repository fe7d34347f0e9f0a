import { SpectraiError } from "@spectrai/core";

/** Loads a command that needs the package with the list of published data sets, which is not installed by itself. */
export async function withDatasets<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (e) {
    const missing =
      e instanceof Error && /Cannot find package '(@spectrai\/(?:datasets|io-formats))'/.exec(e.message)?.[1];
    if (missing)
      throw new SpectraiError(
        "SPECTRAI_PLUGIN_NOT_FOUND",
        `This command needs the package ${missing}, which is not installed; run npm install ${missing}.`,
        { cause: e },
      );
    throw e;
  }
}
