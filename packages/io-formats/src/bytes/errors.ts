import { SpectraiError } from "@spectrai/core";

/** The file contradicts its format or ends too early. `why` completes the sentence "… is damaged: why." */
export const damaged = (file: string, why: string, cause?: unknown): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_DAMAGED", `${file} is damaged or not complete: ${why}. Copy or export it again.`, {
    cause,
    details: { file },
  });

/** The file is sound, but holds something that is not read. */
export const unsupported = (file: string, why: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_UNSUPPORTED", `${file} cannot be read: ${why}.`, { details: { file } });

export const tooLarge = (file: string, why: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_TOO_LARGE", `${file} cannot be read: ${why}.`, { details: { file } });

/** A variable that was asked for is not there (or not of the kind that was asked for). */
export const noVariable = (
  file: string,
  variable: string,
  wanted: string,
  candidates: readonly string[],
): SpectraiError => {
  const shown = candidates.slice(0, 20).join(", ") + (candidates.length > 20 ? ", …" : "");
  return new SpectraiError(
    "SPECTRAI_CONFIG_INVALID",
    `${file} has no ${wanted} variable "${variable}". ${candidates.length > 0 ? `It has: ${shown}` : `It has no ${wanted} variables`}.`,
    { details: { file, variable, candidates } },
  );
};
