import { type Baseline, defineComponent } from "@spectrai/core";
import { z } from "zod";
import { fitClassifiers } from "./classes/family.ts";
import { penalizedFamily } from "./classes/linear-scores.ts";
import { logisticLoss } from "./classes/score-losses.ts";

/** `logistic-regression` has no options. */
export const logisticRegressionSchema = z.strictObject({});

/**
 * Multinomial logistic regression, the minimum of Σ_i −log softmax(W x_i + b)_y + ‖W‖² / (2 C) with b free of penalty, found by
 * L-BFGS along the principal axes of the spectra. C and autoscaling are chosen by five-fold cross-validation over training and
 * validation; the fit is on both.
 */
export const logisticRegression = defineComponent({
  kind: "baseline",
  name: "logistic-regression",
  summary: "Multinomial logistic regression with an L2 penalty that is chosen by cross-validation.",
  reference: "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2009), 4.4 and 18.3",
  supports: { tasks: ["classification", "segmentation"] },
  schema: logisticRegressionSchema,
  create: (): Baseline => {
    // The mean of p (1 − p) where nothing is known.
    const family = penalizedFamily("logistic-regression", logisticLoss, (k) => (1 / k) * (1 - 1 / k));
    return { fit: (train, validation) => fitClassifiers(family, train, validation) };
  },
});
