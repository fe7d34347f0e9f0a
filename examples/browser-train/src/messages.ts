/** What the page and its worker say to each other. */

export type Data =
  | { readonly kind: "simulated"; readonly samples: number; readonly points: number; readonly seed: number }
  | {
      readonly kind: "files";
      readonly input: File;
      readonly target: File;
      readonly axis?: { readonly start: number; readonly stop: number; readonly unit: string };
    };

export interface Settings {
  readonly data: Data;
  /** Absent = as many as the recipe has. */
  readonly epochs?: number;
  /** `auto`, `webgpu` or `wasm`. */
  readonly backend: string;
}

export type Request = { readonly kind: "train"; readonly settings: Settings } | { readonly kind: "stop" };

export interface Curve {
  readonly name: string;
  readonly x: Float64Array;
  readonly y: ArrayLike<number>;
}

/** A spectrum and what is made of it. */
export interface Example {
  readonly unit: string;
  readonly curves: readonly Curve[];
}

export interface Epoch {
  readonly epoch: number;
  readonly training: number;
  readonly validation?: number;
  readonly example?: Example | undefined;
}

export interface Trained {
  /** Whether the network or a classical method is better, in a sentence. */
  readonly verdict: string;
  readonly header: readonly string[];
  /** The network first, then the classical methods, on the same part of the data. */
  readonly rows: readonly (readonly string[])[];
  readonly example?: Example | undefined;
  readonly model: File;
  readonly text: string;
}

export type Reply =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "step"; readonly share: number; readonly text: string }
  | { readonly kind: "epoch"; readonly epoch: Epoch }
  | { readonly kind: "trained"; readonly trained: Trained }
  | { readonly kind: "failed"; readonly message: string };
