import { countOf, type Recogniser, shapeOf } from "./recognised.ts";

/** DeepeR's ResUNet, which ends in dense layers over the whole spectrum. */
export const recogniseDeeper: Recogniser = (state) => {
  const first = shapeOf(state, "conv1.0.body.0.weight");
  const dense = shapeOf(state, "linear7.body.0.weight");
  if (first?.length !== 3 || !dense) return undefined;
  const batchNorm = shapeOf(state, "conv1.0.body.2.running_mean") !== undefined;
  const perUnit = batchNorm ? 3 : 2;
  return {
    models: ["deeper-resunet"],
    options: {
      width: first[0]!,
      convolutions: countOf(state, (i) => `conv1.1.body.${perUnit * i}.weight`),
      denseLayers: countOf(state, (i) => `linear7.body.${2 * i}.weight`),
      batchNorm,
    },
    open: {},
    data: "spectrum",
    points: dense[0]!,
    endings: [{ kind: "spectral" }],
  };
};
