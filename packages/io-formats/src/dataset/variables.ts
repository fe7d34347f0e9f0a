import { type DataFile, sizeOf, SpectraiError, type VariableInfo } from "@spectrai/core";

const axisName = /^(axis|x|wl|wave\w*|wn|shift|raman_?shift|lambda|nm)$/i;

/**
 * The variable that holds the data: the one that is named, the only numeric one, or the largest.
 *
 * @throws SPECTRAI_CONFIG_INVALID when the named one is not there, or two are equally large
 */
export function pickVariable(path: string, file: DataFile, named: string | undefined, option: string): VariableInfo {
  const numeric = file.variables.filter((v) => v.kind === "numeric");
  const list = (of: readonly VariableInfo[]): string =>
    of
      .slice(0, 12)
      .map((v) => `${v.name} [${v.shape.join(", ")}]`)
      .join(", ") + (of.length > 12 ? ", …" : "");
  if (named !== undefined) {
    const found = file.variables.find((v) => v.name === named);
    if (found?.kind === "numeric") return found;
    const why = found
      ? `its variable "${named}" is not an array of real numbers, but ${found.kind} (${found.dtype})`
      : `it has no variable "${named}"`;
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `${option}: ${path}: ${why}. Numeric variables: ${list(numeric) || "none"}.`,
      { details: { file: path, variable: named } },
    );
  }
  if (numeric.length === 0)
    throw new SpectraiError(
      "SPECTRAI_DATA_EMPTY",
      `${path} holds no numeric array, only ${list(file.variables) || "nothing"}.`,
      { details: { file: path } },
    );
  const largest = Math.max(...numeric.map((v) => sizeOf(v.shape)));
  const candidates = numeric.filter((v) => sizeOf(v.shape) === largest);
  const likely = candidates.filter((v) => !axisName.test(v.name));
  const [only, second] = likely.length > 0 ? likely : candidates;
  if (only && !second) return only;
  throw new SpectraiError(
    "SPECTRAI_CONFIG_INVALID",
    `${path} has several variables that could be meant: ${list(candidates)}. Name one with the option ${option}.`,
    { details: { file: path, candidates: candidates.map((v) => v.name) } },
  );
}
