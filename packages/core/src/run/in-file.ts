import { isSpectraiError, SpectraiError } from "../errors.ts";

/** Does something with the content of a file, which errors then name. */
export async function inFile<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (!isSpectraiError(e) || e.message.includes(path)) throw e;
    throw new SpectraiError(e.code, `${path}: ${e.message}`, { cause: e, details: { ...e.details, file: path } });
  }
}
