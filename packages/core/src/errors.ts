/**
 * Every failure a user can cause or mend is a SpectraiError: a stable code, and one sentence that says
 * what was wrong, where, and what to do. Codes are listed here and, from here, in docs/errors.md.
 */
export const errorCodes = {
  SPECTRAI_CONFIG_NOT_FOUND: "No config file where one was looked for.",
  SPECTRAI_CONFIG_INVALID: "A config value has the wrong type, is out of bounds, or is not an option that exists.",
  SPECTRAI_CONFIG_UNREADABLE: "The config file could not be parsed.",
  SPECTRAI_PLUGIN_NOT_FOUND: "A plugin named in the config is not installed.",
  SPECTRAI_PLUGIN_INVALID: "A module does not export a plugin made with definePlugin.",
  SPECTRAI_PLUGIN_CORE_RANGE: "A plugin was written for another version of @spectrai/core.",
  SPECTRAI_PLUGIN_REQUIRES: "A plugin requires another plugin that the config does not name.",
  SPECTRAI_PLUGIN_DUPLICATE: "Two plugins have the same name.",
  SPECTRAI_PLUGIN_SETUP: "A plugin's setup failed.",
  SPECTRAI_PLUGIN_TIMEOUT: "A plugin's setup did not finish in time.",
  SPECTRAI_COMPONENT_UNKNOWN: "No installed plugin provides the named component.",
  SPECTRAI_COMPONENT_DUPLICATE: "Two plugins register a component of the same kind and name.",
  SPECTRAI_COMPONENT_OPTIONS: "A component's options do not fit its schema.",
  SPECTRAI_REGISTRY_FROZEN: "A component was registered after the registry was frozen.",
  SPECTRAI_SERVICE_UNKNOWN: "A service was asked for that nobody provides.",
  SPECTRAI_SERVICE_DUPLICATE: "A service was provided twice in one scope.",
  SPECTRAI_SERVICE_CYCLE: "Services depend on each other in a circle.",
  SPECTRAI_SERVICE_DISPOSED: "A service was asked of a scope that was already disposed.",
  SPECTRAI_TASK_UNSUITABLE: "A combination of task, data, model, loss or metric makes no sense; the message says why.",
  SPECTRAI_FILE_NOT_FOUND: "A file or folder does not exist.",
  SPECTRAI_FILE_UNREADABLE: "A file exists but cannot be read.",
  SPECTRAI_FILE_UNWRITABLE: "A file or folder cannot be written.",
  SPECTRAI_FILE_DAMAGED: "A file is truncated or its content contradicts its format.",
  SPECTRAI_FILE_UNSUPPORTED: "A file is of a format, version or variant that no installed reader handles.",
  SPECTRAI_FILE_TOO_LARGE: "A file declares more data than it holds or than may be allocated.",
  SPECTRAI_FILE_REFUSED: "A file asks for code to be run or for objects that are never made from a file.",
  SPECTRAI_DOWNLOAD_FAILED: "A file could not be fetched from the network; the message says from where, and why.",
  SPECTRAI_DISK_FULL: "The disk is full.",
  SPECTRAI_DATA_EMPTY: "A folder, file or selection holds no samples.",
  SPECTRAI_DATA_SHAPE: "An array does not have the shape that is needed.",
  SPECTRAI_DATA_LENGTH: "Spectra that must agree in length do not.",
  SPECTRAI_DATA_VALUE: "A value in the data is NaN, infinite, or otherwise unusable.",
  SPECTRAI_DATA_LABEL: "A class label is missing or out of range.",
  SPECTRAI_DATA_AXIS: "A spectral axis is missing, not monotonic, or does not cover what is asked for.",
  SPECTRAI_DATA_SPLIT: "The data cannot be split as asked.",
  SPECTRAI_TENSOR_SHAPE: "A layer or model received a tensor of a shape it cannot take.",
  SPECTRAI_BACKEND_UNAVAILABLE: "The chosen backend cannot run here; the message says why.",
  SPECTRAI_BACKEND_MEMORY: "A backend needs more memory than there is for an operation; the message says how much.",
  SPECTRAI_BACKEND_OP: "A backend cannot do an operation on tensors of these shapes; the message says why.",
  SPECTRAI_BACKEND_DIFFERS: "A backend computes something else than the reference, beyond rounding.",
  SPECTRAI_BACKEND_LOST: "The device that a backend computes on stopped working; what was saved before is intact.",
  SPECTRAI_TRAIN_DIVERGED: "The loss became NaN or infinite.",
  SPECTRAI_TRAIN_INTERRUPTED: "Training was interrupted and its state saved.",
  SPECTRAI_MODEL_DAMAGED: "A model file or checkpoint is truncated or damaged.",
  SPECTRAI_MODEL_MISMATCH: "A model file is for another task, model or data than it was used for.",
  SPECTRAI_EXPORT_UNSUPPORTED:
    "A network or a step of its preprocessing cannot be expressed in the format it is exported to.",
  SPECTRAI_RESUME_MISMATCH: "A run cannot be resumed with a config that differs from the one it was started with.",
  SPECTRAI_USAGE: "The command line was used wrongly.",
  SPECTRAI_INTERNAL: "A defect of spectrai itself; please report it.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

export class SpectraiError extends Error {
  readonly code: ErrorCode;
  /** Where it went wrong, for machines: file, field, row … */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SpectraiError";
    this.code = code;
    this.details = Object.freeze({ ...options.details });
  }
}

/** Also true for an error thrown by another copy of core, as a plugin may bring one along. */
export const isSpectraiError = (e: unknown): e is SpectraiError =>
  e instanceof Error && e.name === "SpectraiError" && "code" in e;
