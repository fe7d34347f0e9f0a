import type { Block, Section, TableCell } from "../blocks.ts";

/** How pixels were classified, over all pixels that were looked at. */
export interface PixelResults {
  readonly classes: readonly string[];
  /** The network first: for each the counts by true (row) and predicted class. */
  readonly methods: readonly { readonly name: string; readonly confusion: readonly (readonly number[])[] }[];
  /** What was counted, where it is not the whole part. */
  readonly about?: string;
}

/** Confusion matrices and a table of the classes, of pixels. */
export function pixelClassesSection({ classes, methods, about }: PixelResults): Section {
  const heatmaps = methods.map(({ name, confusion }): Block => ({
    kind: "heatmap",
    caption: `${name}: labelled pixels by true and predicted class, shaded by the share of the true class.`,
    heatmap: {
      rows: classes,
      columns: classes,
      values: confusion,
      rowLabel: "true class",
      columnLabel: "predicted class",
      byRow: true,
    },
  }));
  const figures = ["precision", "recall", "IoU"];
  return {
    title: "Class by class",
    ...(about === undefined ? {} : { intro: about }),
    blocks: [
      ...heatmaps,
      {
        kind: "table",
        caption:
          "Precision: the share of a class's predictions that are right. Recall: the share of its pixels that are found. IoU: the pixels that are both of the class and taken for it, over those that are either. A dash where there is nothing to divide by.",
        columns: [
          { label: "Class" },
          { label: "Pixels" },
          ...methods.flatMap(({ name }) => figures.map((f) => ({ label: `${name}: ${f}`, digits: 3 }))),
        ],
        rows: classes.map((name, c) => [
          name,
          methods[0] ? sum(methods[0].confusion[c]!) : 0,
          ...methods.flatMap((m) => figuresOf(m.confusion, c)),
        ]),
      },
    ],
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Precision, recall and intersection over union of a class. */
function figuresOf(confusion: readonly (readonly number[])[], c: number): TableCell[] {
  const right = confusion[c]![c]!;
  const truths = sum(confusion[c]!);
  const predictions = sum(confusion.map((row) => row[c]!));
  return [right / predictions, right / truths, right / (truths + predictions - right)];
}
