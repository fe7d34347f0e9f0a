import { checkSignal } from "./resnet.ts";
import { countOf, type Recogniser, shapeOf, styleOf } from "./recognised.ts";

export const recogniseDenseNet: Recogniser = (state, file) => {
  const first = shapeOf(state, "features.conv0.body.0.weight");
  const last = shapeOf(state, "classifier.weight");
  const layer = (block: number, i: number, part: string): string =>
    `features.denseblock${block + 1}.denselayer${i + 1}.${part}.body.0.weight`;
  const added = shapeOf(state, layer(0, 0, "conv2"));
  if (!first || !last || !added) return undefined;
  const dimension = first.length - 2;
  checkSignal(file, "DenseNet", dimension, first[1]!);
  const growth = added[0]!;
  const narrow = shapeOf(state, layer(0, 0, "conv1"));
  const count = countOf(state, (block) => layer(block, 0, "conv2"));
  const transitions = Array.from(
    { length: count - 1 },
    (_, i) => shapeOf(state, `features.transition${i + 1}.conv.body.0.weight`) ?? [1, 1],
  );
  const halved = transitions.every(([out, from]) => out === Math.floor(from! / 2));
  const style = styleOf(state, "features.denseblock1.denselayer1.norm1");
  return {
    models: ["densenet"],
    options: {
      ...style.options,
      blocks: Array.from({ length: count }, (_, block) => countOf(state, (i) => layer(block, i, "conv2"))),
      growth,
      width: first[0]!,
      bottleneck: narrow ? Math.round(narrow[0]! / growth) : 0,
      compression: halved ? 0.5 : transitions[0]![0]! / transitions[0]![1]!,
      stemKernel: first[2]!,
      ...(dimension === 1 ? {} : { dimension }),
    },
    open: style.open,
    data: dimension === 1 ? "spectrum" : "cube",
    endings: [{ kind: "numbers", count: last[0]! }],
    ...(dimension === 2 ? { points: first[1]! } : {}),
  };
};
