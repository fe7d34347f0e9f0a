/** The variants, from small to large. */
export const variants = ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"] as const;
export type EfficientNetVariant = (typeof variants)[number];

/** What makes a variant of the base network (Tan and Le, ICML 2019, and the published code). */
export interface Scaling {
  /** Times the base network's filters. */
  readonly width: number;
  /** Times the base network's blocks. */
  readonly depth: number;
  /** Dropout in front of the last layer. */
  readonly dropout: number;
}

export const scalings: Readonly<Record<EfficientNetVariant, Scaling>> = {
  b0: { width: 1, depth: 1, dropout: 0.2 },
  b1: { width: 1, depth: 1.1, dropout: 0.2 },
  b2: { width: 1.1, depth: 1.2, dropout: 0.3 },
  b3: { width: 1.2, depth: 1.4, dropout: 0.3 },
  b4: { width: 1.4, depth: 1.8, dropout: 0.4 },
  b5: { width: 1.6, depth: 2.2, dropout: 0.4 },
  b6: { width: 1.8, depth: 2.6, dropout: 0.5 },
  b7: { width: 2, depth: 3.1, dropout: 0.5 },
};

/** One stage of the base network: blocks of one kind, the first of which has the stride. */
export interface Stage {
  readonly blocks: number;
  /** Points of the depthwise kernel, in each dimension. */
  readonly kernel: number;
  readonly stride: number;
  /** Filters inside a block, for each that comes in. */
  readonly expansion: number;
  readonly out: number;
}

export const stemFilters = 32;
export const headFilters = 1280;
const baseStages: readonly Stage[] = [
  { blocks: 1, kernel: 3, stride: 1, expansion: 1, out: 16 },
  { blocks: 2, kernel: 3, stride: 2, expansion: 6, out: 24 },
  { blocks: 2, kernel: 5, stride: 2, expansion: 6, out: 40 },
  { blocks: 3, kernel: 3, stride: 2, expansion: 6, out: 80 },
  { blocks: 3, kernel: 5, stride: 1, expansion: 6, out: 112 },
  { blocks: 4, kernel: 5, stride: 2, expansion: 6, out: 192 },
  { blocks: 1, kernel: 3, stride: 1, expansion: 6, out: 320 },
];

/** Filters times a factor, as a multiple of 8 that is at least 8 and not more than 10 % too small. */
export function scaleFilters(filters: number, width: number): number {
  const wanted = filters * width;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

/** The stages of a network scaled by both factors; a stage has at least one block. */
export const scaledStages = ({ width, depth }: Pick<Scaling, "width" | "depth">): readonly Stage[] =>
  baseStages.map((stage) => ({
    ...stage,
    blocks: Math.ceil(stage.blocks * depth),
    out: scaleFilters(stage.out, width),
  }));
