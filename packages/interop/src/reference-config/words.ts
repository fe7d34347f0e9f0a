/** The words that the original software's configs and checkpoints have for things, and ours. */
export const tasks = {
  Calibration: "calibration",
  Classification: "classification",
  Denoising: "denoising",
  Segmentation: "segmentation",
  "Super-Resolution": "super-resolution",
} as const;

export const networks = {
  UNet: "unet",
  ResUNet: "resunet",
  ResNet: "resnet",
  RCAN: "rcan",
  EfficientNet: "efficientnet",
  SegNet: "segnet",
  DenseNet: "densenet",
} as const;
export type NetworkName = (typeof networks)[keyof typeof networks];

export const activations = { ReLU: "relu", LeakyReLU: "leaky-relu", PReLU: "prelu" } as const;

export const norms = {
  None: "none",
  BatchNorm: "batch",
  LayerNorm: "layer",
  InstanceNorm: "instance",
  GroupNorm: "group",
} as const;

export const optimizers = { Adam: "adam", Adagrad: "adagrad", SGD: "sgd", RMSprop: "rmsprop" } as const;

/** With the constants that are written in the original's code. */
export const schedules = {
  Constant: "constant",
  Step: { name: "step", size: 50, factor: 0.2 },
  Multiplicative: { name: "multiplicative", factor: 0.985 },
  Cyclic: { name: "cyclic", baseFactor: 0.01, mode: "triangular2" },
  OneCycle: "one-cycle",
  ReduceOnPlateau: "plateau",
} as const;

export const losses = {
  L1: "l1",
  "L2 / MSE": "mse",
  "Cross Entropy": "cross-entropy",
  "Binary Cross Entropy": "bce",
} as const;

export const backgrounds = {
  None: undefined,
  "Automatic Least Squares": "asls",
  "3rd Order Polynomial": { name: "polynomial", order: 3 },
  "5th Order Polynomial": { name: "polynomial", order: 5 },
  "Minimum Value Offset": "minimum",
} as const;

export const normalizations = {
  None: undefined,
  "Max Value": "max-normalize",
  "Area Under The Curve": "area-normalize",
} as const;

export const layouts = { Spectra: undefined, "Image: H, W, C": "H,W,C", "Image: C, H, W": "C,H,W" } as const;

export const trainings = ["Train From Scratch", "Transfer Learning", "Apply Pre-Trained Network"] as const;

/** The value for a word, where it is one of these. */
export const lookUp = <T extends Readonly<Record<string, unknown>>>(words: T, word: unknown): T[keyof T] | undefined =>
  typeof word === "string" && Object.hasOwn(words, word) ? (words[word] as T[keyof T]) : undefined;
