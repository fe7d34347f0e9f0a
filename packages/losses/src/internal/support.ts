import type { Support } from "@spectrai/core";

/** Tasks whose output is a continuous signal. */
export const signalTasks: Support = { tasks: ["denoising", "calibration", "super-resolution"] };
/** Tasks whose output is a continuous signal or plain numbers. */
export const continuousTasks: Support = { tasks: ["denoising", "calibration", "regression", "super-resolution"] };
/** Tasks whose output is logits over classes. */
export const labelTasks: Support = { tasks: ["classification", "segmentation"] };
/** Signals on images only. */
export const imageSignalTasks: Support = { ...signalTasks, data: ["cube"] };
