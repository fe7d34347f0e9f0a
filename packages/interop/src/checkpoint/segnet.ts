import { countOf, type Recogniser, shapeOf, styleOf } from "./recognised.ts";

export const recogniseSegNet: Recogniser = (state) => {
  const first = shapeOf(state, "encoders.0.features.0.body.0.weight");
  const image = shapeOf(state, "classifier.weight");
  const bands = shapeOf(state, "classifier.0.weight");
  const volume = shapeOf(state, "classifier.1.weight");
  const last = volume ?? image;
  if (!first || !last) return undefined;
  const encoder = (level: number): string => `encoders.${level}.features.0.body.0.weight`;
  const { options, open } = styleOf(state, "encoders.0.features.0.body.1");
  const { activation: _, ...norm } = options;
  const { activation: __, ...openNorm } = open;
  const points = volume ? bands?.[0] : first[1];
  return {
    models: ["segnet"],
    options: {
      ...norm,
      dimension: first.length - 2,
      filters: Array.from({ length: countOf(state, encoder) }, (_i, level) => shapeOf(state, encoder(level))![0]!),
    },
    open: openNorm,
    data: "cube",
    ...(points === undefined ? {} : { points }),
    endings: [{ kind: "mask", classes: last[0]! }],
  };
};
