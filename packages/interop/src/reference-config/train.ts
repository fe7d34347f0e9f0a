import type { JsonObject } from "@spectrai/core";
import type { Section } from "./convert.ts";
import type { ReferenceSettings } from "./settings.ts";
import { losses, optimizers, schedules } from "./words.ts";

/** The loss and the recipe. */
export function trainSection({ Training_Hyperparameters: given }: ReferenceSettings): Section[] {
  const train: Record<string, JsonObject[string]> = {};
  const notes: string[] = [];
  if (given.epochs !== undefined) train["epochs"] = given.epochs;
  if (given.batch_size !== undefined) train["batchSize"] = given.batch_size;
  if (given.learning_rate !== undefined) train["learningRate"] = given.learning_rate;
  if (given.optimizer !== undefined) train["optimizer"] = optimizers[given.optimizer];
  if (given.scheduler !== undefined)
    train["schedule"] = given.scheduler === "None" ? "constant" : schedules[given.scheduler];
  if (given.scheduler === "Cyclic" || given.scheduler === "OneCycle")
    notes.push(
      `scheduler: ${given.scheduler} changes the learning rate with every batch; learning_rate is its highest value.`,
    );

  const loss: Section[] = [];
  if (given.criterion !== undefined)
    loss.push({
      config: { loss: losses[given.criterion] },
      notes:
        given.criterion === "Binary Cross Entropy"
          ? [
              "criterion: the original gave what the network puts out to the loss without a sigmoid; here it is part of the loss.",
            ]
          : [],
    });
  return [...loss, { config: Object.keys(train).length > 0 ? { train } : {}, notes }];
}
