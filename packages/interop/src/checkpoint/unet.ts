import { toFloat64 } from "@spectrai/core";
import { checkSignal } from "./resnet.ts";
import { countOf, type Ending, type Recognised, type Recogniser, shapeOf, type State, styleOf } from "./recognised.ts";

/** UNet and ResUNet of the original software, in 1, 2 and 3 dimensions. */
export const recogniseUNet: Recogniser = (state, file) => {
  const first = shapeOf(state, "inc.initial_conv.body.0.weight");
  if (!first || first.length < 3) return undefined;
  const dimension = first.length - 2;
  checkSignal(file, "UNet", dimension, first[1]!);
  const down = (i: number): string => `down_blocks.${i}.maxpool_conv.1.initial_conv.body.0.weight`;
  const filters = [first, ...Array.from({ length: countOf(state, down) }, (_, i) => shapeOf(state, down(i))!)].map(
    (s) => s[0]!,
  );
  const style = styleOf(state, "inc.initial_conv.body.2");
  const { endings, options, points } = endingOf(state, dimension, first[1]!, filters[0]!);
  const scale = scaleOf(state);
  return {
    models: modelsOf(state),
    options: {
      ...style.options,
      ...options,
      filters,
      ...(dimension === 1 ? {} : { dimension }),
      ...(dimension === 2 ? { upsampling: "aligned" } : {}),
    },
    open: style.open,
    data: dimension === 1 ? "spectrum" : "cube",
    endings,
    ...(dimension === 2 ? { points: first[1]! } : points === undefined ? {} : { points }),
    ...(scale === undefined ? {} : { scale }),
  };
};

/**
 * Both networks of the original store residual convolutions, which its UNet never uses. Their batch norms, where there are any, have
 * counted batches in a ResUNet only.
 */
function modelsOf(state: State): readonly string[] {
  if (!shapeOf(state, "inc.res_conv.0.body.0.weight")) return ["unet"];
  const counted = (part: string): number => {
    const counter = state[`inc.${part}.body.2.num_batches_tracked`];
    return counter ? toFloat64(counter.data)[0]! : 0;
  };
  if (counted("initial_conv") === 0) return ["unet", "resunet"];
  return counted("res_conv.0") > 0 ? ["resunet"] : ["unet"];
}

function endingOf(
  state: State,
  dimension: number,
  channels: number,
  features: number,
): { readonly endings: readonly Ending[]; readonly options: Recognised["options"]; readonly points?: number } {
  const vector = shapeOf(state, "tail.weight");
  if (vector)
    return {
      endings: [{ kind: "numbers", count: vector[0]! }],
      options: { pooling: shapeOf(state, "out.body.0.weight") ? "single" : "features" },
    };
  const image = shapeOf(state, "tail.body.0.weight");
  if (!image) return { endings: [{ kind: "spectral" }], options: {} };
  const mask: Ending = { kind: "mask", classes: image[0]! };
  if (dimension === 3) return { endings: [mask], options: {}, points: image[1]! };
  // As many channels as went in may be an image, too; with as many features it would need no last convolution.
  return {
    endings: image[0] === channels && features !== channels ? [mask, { kind: "spectral" }] : [mask],
    options: {},
  };
}

/** How many times finer the output's grid is: each convolution in front of a pixel shuffle makes r² times the channels. */
function scaleOf(state: State): number | undefined {
  const steps = countOf(state, (i) => `upsample.0.${3 * i}.weight`);
  if (steps === 0) return undefined;
  let scale = 1;
  for (let i = 0; i < steps; i++) {
    const [out, from] = shapeOf(state, `upsample.0.${3 * i}.weight`)!;
    scale *= Math.round(Math.sqrt(out! / from!));
  }
  return scale;
}
