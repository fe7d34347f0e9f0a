import { countOf, type Recogniser, shapeOf } from "./recognised.ts";

/** The hyperspectral RCAN of the original software and DeepeR's, which raise the resolution first. */
export const recogniseRcan: Recogniser = (state) => {
  const narrow = shapeOf(state, "head2.0.weight");
  const squeezed = shapeOf(state, "body.0.body.0.body.3.chan_attn.0.weight");
  if (!narrow || !squeezed) return undefined;
  const [width, bands] = [narrow[0]!, narrow[1]!];
  const normed = shapeOf(state, "head1.0.2.running_mean") !== undefined;
  const step = (i: number): string => `head1.0.${(normed ? 3 : 2) * i}.weight`;
  let scale = 1;
  for (let i = 0; i < countOf(state, step); i++) {
    const [out, from] = shapeOf(state, step(i))!;
    scale *= Math.round(Math.sqrt(out! / from!));
  }
  return {
    models: ["rcan"],
    options: {
      bands: "together",
      upsampling: "first",
      upsamplerNorm: normed ? "batch" : "none",
      width,
      groups: countOf(state, (i) => `body.${i}.body.0.body.0.weight`),
      blocks: countOf(state, (i) => `body.0.body.${i}.body.0.weight`),
      reduction: Math.max(1, Math.floor(width / squeezed[0]!)),
    },
    open: {},
    data: "cube",
    points: bands,
    endings: [{ kind: "spectral" }],
    scale,
  };
};
