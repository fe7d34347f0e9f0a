import type { Component } from "../component.ts";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { cyclic } from "./cyclic.ts";
import { multiplicative } from "./multiplicative.ts";
import { oneCycle } from "./one-cycle.ts";
import { plateau } from "./plateau.ts";
import { step } from "./step.ts";

export { constant, constantSchema } from "./constant.ts";
export { cosine, cosineSchema } from "./cosine.ts";
export { cyclic, cyclicSchema } from "./cyclic.ts";
export { multiplicative, multiplicativeSchema } from "./multiplicative.ts";
export { oneCycle, oneCycleSchema } from "./one-cycle.ts";
export { plateau, plateauSchema } from "./plateau.ts";
export { step, stepSchema } from "./step.ts";

export const schedules: readonly Component<"schedule">[] = [
  constant,
  step,
  multiplicative,
  cyclic,
  oneCycle,
  plateau,
  cosine,
];
