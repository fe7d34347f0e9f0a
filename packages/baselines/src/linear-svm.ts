import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitClassifiers } from "./classes/family.ts";
import { penalizedFamily } from "./classes/linear-scores.ts";
import { squaredHingeLoss } from "./classes/score-losses.ts";

/** `linear-svm` has no options. */
export const linearSvmSchema = z.strictObject({});

/**
 * Linear support vector machines, every class against the rest: the minimum of C Σ_i max(0, 1 − y_i (w·x_i + b))² + ‖w‖² / 2,
 * liblinear's L2-loss SVM but for b, which is free of penalty. The squared hinge is smooth, so it is minimized directly
 * (Chapelle, Neural Comput. 19 (2007) 1155). C and autoscaling are chosen by five-fold cross-validation over training and
 * validation; the fit is on both.
 */
export const linearSvm = defineComponent({
  kind: "baseline",
  name: "linear-svm",
  summary: "Linear support vector machine, one class against the rest; C is chosen by cross-validation.",
  reference: "Fan, Chang, Hsieh, Wang, Lin, J. Mach. Learn. Res. 9 (2008) 1871",
  supports: { tasks: ["classification", "segmentation"] },
  schema: linearSvmSchema,
  create: (): Baseline => {
    const family = penalizedFamily("linear-svm", squaredHingeLoss, () => 2);
    return { fit: (train, validation) => fitClassifiers(family, train, validation) };
  },
});
