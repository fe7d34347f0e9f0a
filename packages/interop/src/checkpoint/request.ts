import type { AxisUnit, ByteSource, JsonObject, Setting } from "@spectrai/core";

export interface CheckpointRequest {
  readonly source: ByteSource;
  /** The config it was trained with, as one of ours: its task, model, preprocessing, axis and class names are used. */
  readonly config?: JsonObject;
  /** What the user says; it counts more than all else. */
  readonly settings?: readonly Setting[];
  readonly task?: string;
  /** The spectral axis of the data, before preprocessing; both ends included. */
  readonly axis?: { readonly start: number; readonly stop: number; readonly unit: AxisUnit };
  /** Points of the data's spectra, before preprocessing. */
  readonly points?: number;
  readonly classes?: readonly string[];
}
