import { SpectraiError } from "@spectrai/core";

/** The file contradicts its format or ends too early. `why` completes the sentence "… is damaged: why." */
export const damaged = (file: string, why: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_DAMAGED", `${file} is damaged or not complete: ${why}. Copy or save it again.`, {
    details: { file },
  });

/** The file is sound, but of a kind that is not read. */
export const unsupported = (file: string, why: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_UNSUPPORTED", `${file} cannot be read: ${why}.`, { details: { file } });

export const tooLarge = (file: string, why: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_TOO_LARGE", `${file} cannot be read: ${why}.`, { details: { file } });

/** The file asks for something that is not data. `asked` is its name in Python. */
export const refused = (file: string, asked: string, why: string): SpectraiError =>
  new SpectraiError("SPECTRAI_FILE_REFUSED", `${file} asks for ${asked}, ${why}`, { details: { file, asked } });

/** Text from a file, cut to what an error message can hold, without control characters. */
export const short = (text: string): string => {
  const plain = text.replaceAll(/\p{C}/gu, "?");
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
};
