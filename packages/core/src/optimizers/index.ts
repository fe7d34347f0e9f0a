import type { Component } from "../component.ts";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export { adagrad, adagradSchema } from "./adagrad.ts";
export { adam, adamSchema } from "./adam.ts";
export { adamw, adamwSchema } from "./adamw.ts";
export { clipByGlobalNorm, globalNorm } from "./clip.ts";
export { elementwise, type FusedUpdate, type Update, type UpdateContext, type UpdateRule } from "./elementwise.ts";
export { type AverageOptions, averageWeights, type WeightAverage } from "./ema.ts";
export { rmsprop, rmspropSchema } from "./rmsprop.ts";
export { sgd, sgdSchema } from "./sgd.ts";

export const optimizers: readonly Component<"optimizer">[] = [adam, adamw, adagrad, sgd, rmsprop];
