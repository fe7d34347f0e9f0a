import { z } from "zod";
import { startSchema } from "./start-schema.ts";

/** A component: its name, or its name with options; in a slot with a default, options alone. */
const ref = z.union([z.string(), z.record(z.string(), z.json())]);
const refs = z.array(ref);

const about = (
  description: string,
  group: string,
  unit?: string,
): { description: string; group: string; unit?: string } =>
  unit === undefined ? { description, group } : { description, group, unit };

export const earlyStoppingSchema = z.strictObject({
  patience: z
    .int()
    .min(1)
    .default(20)
    .meta(
      about("Epochs without improvement of the monitored metric after which training stops.", "stopping", "epochs"),
    ),
  minDelta: z
    .number()
    .min(0)
    .default(0)
    .meta(about("What counts as an improvement of the monitored metric.", "stopping")),
});

export const trainSchema = z.strictObject({
  epochs: z
    .int()
    .min(0)
    .default(60)
    .meta(
      about(
        "Passes over the training part; 0 = none, for a model that has a closed-form solution.",
        "training",
        "epochs",
      ),
    ),
  minSteps: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .meta(
      about(
        "Optimizer steps a run has at least: for small data sets the epochs are raised to it, unless the config states them.",
        "training",
        "steps",
      ),
    ),
  batchSize: z
    .int()
    .min(1)
    .default(64)
    .meta(about("Samples in a batch.", "training", "samples")),
  accumulate: z
    .int()
    .min(1)
    .default(1)
    .meta(about("Batches whose gradients are averaged into one step.", "training", "batches")),
  learningRate: z
    .number()
    .positive()
    .default(1e-3)
    .meta(about("The learning rate that the schedule starts from or rises to.", "optimizer")),
  optimizer: ref.default("adam").meta(about("The optimizer.", "optimizer")),
  schedule: ref.default("constant").meta(about("How the learning rate changes over the run.", "optimizer")),
  clipNorm: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .meta(about("Gradients are scaled down to this global norm; null = not.", "optimizer")),
  ema: z
    .number()
    .min(0)
    .lt(1)
    .nullable()
    .default(null)
    .meta(
      about(
        "Decay per step of an exponential moving average of the weights, which is evaluated and saved in their place; null = off.",
        "optimizer",
      ),
    ),
  earlyStopping: earlyStoppingSchema
    .nullable()
    .default(null)
    .meta(about("Stop when the monitored metric no longer improves; null = never.", "stopping")),
  monitor: z
    .string()
    .nullable()
    .default(null)
    .meta(about("The validation metric that picks the best checkpoint; null = the task's.", "checkpoints")),
  checkpointEvery: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .meta(
      about("Also keep a checkpoint every so many epochs; null = only the best and the last.", "checkpoints", "epochs"),
    ),
  checkpointSeconds: z
    .number()
    .min(0)
    .default(30)
    .meta(about("Write the last state at most this often between the run's first and last epoch.", "checkpoints", "s")),
  keep: z
    .enum(["best", "last"])
    .default("best")
    .meta(
      about("Which weights are tested and saved as the model: the best on validation, or the last.", "checkpoints"),
    ),
});

export const runConfigSchema = z.strictObject({
  $schema: z.string().optional().meta(about("The JSON Schema that editors check this file against.", "general")),
  plugins: z
    .array(z.string().min(1))
    .min(1)
    .meta(about("The packages whose components this config may use.", "general")),
  task: z.string().meta(about("What is to be learned: denoising, calibration, classification, …", "general")),
  seed: z.int().min(0).default(1).meta(about("Names every random number of the run.", "general")),
  data: ref.meta(about("The data set.", "data")),
  split: ref
    .optional()
    .meta(
      about(
        "How the samples are parted into training, validation and test; unless given, what suits the data: block for spectra and masks; for classes and numbers by group where samples share one, else stratified or random.",
        "data",
      ),
    ),
  degrade: refs
    .optional()
    .meta(
      about(
        "What makes the inputs from clean data, which become the targets: noise models, down-sampling; before the preprocessing. Training noise is drawn anew every epoch, that of validation and test once.",
        "data",
      ),
    ),
  memory: z
    .number()
    .positive()
    .default(512)
    .meta(
      about(
        "Samples are kept in memory up to this size in all; a larger data set is read anew in every epoch, and what learns from all samples at once learns from as many as fit.",
        "data",
        "MB",
      ),
    ),
  preprocess: refs.optional().meta(about("Transforms applied to every sample, in order.", "data")),
  augment: refs.optional().meta(about("Random changes of training samples, in order.", "data")),
  start: startSchema.optional().meta(about("Go on from a trained model: transfer learning.", "model")),
  model: ref.optional().meta(about("The network.", "model")),
  loss: ref.optional().meta(about("What training minimizes.", "model")),
  metrics: refs.optional().meta(about("What is measured on validation and test.", "model")),
  baselines: refs.optional().meta(about("Classical methods scored on the same split.", "model")),
  train: z.looseObject({}).default({}).meta(about("The training recipe.", "training")),
  backend: ref
    .default("auto")
    .meta(about("Where the arithmetic runs; auto picks the best that works here.", "general")),
  callbacks: refs.optional().meta(about("Watchers of the run: logs, TensorBoard.", "general")),
  output: z.string().default("runs").meta(about("The folder that gets a folder for each run.", "general")),
});

export type RawConfig = z.input<typeof runConfigSchema>;
export type TrainConfig = z.output<typeof trainSchema>;
