/** What the page and its worker say to each other. */

export interface Settings {
  /** `auto`, `webgpu` or `wasm`. */
  readonly backend: string;
  /** Of the result, with the dot. */
  readonly extension: string;
  readonly variable?: string;
  readonly axis?: { readonly start: number; readonly stop: number; readonly unit: string };
}

export type Request =
  | { readonly kind: "open"; readonly model: File }
  | { readonly kind: "apply"; readonly inputs: readonly File[]; readonly settings: Settings }
  | { readonly kind: "show"; readonly place: Place };

/** A spectrum of a file: by its row, or in an image by row and column. */
export interface Place {
  readonly file: number;
  readonly row: number;
  readonly column: number;
}

export interface ModelFacts {
  readonly text: string;
  /** Formats that its results can be written in, the usual one first. */
  readonly extensions: readonly string[];
}

export interface Curve {
  readonly name: string;
  readonly x: Float64Array;
  readonly y: ArrayLike<number>;
}

/** What can be looked at of a file: so many spectra, or an image of so many rows and columns. */
export interface ShownFile {
  readonly name: string;
  readonly rows: number;
  /** 0 = a list of spectra. */
  readonly columns: number;
}

export interface Applied {
  readonly files: readonly File[];
  readonly samples: number;
  readonly seconds: number;
  readonly shown: readonly ShownFile[];
  /** Predictions of classes or numbers. */
  readonly table?: {
    readonly header: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly more: number;
  };
}

export type Reply =
  | { readonly kind: "opened"; readonly facts: ModelFacts }
  | { readonly kind: "chosen"; readonly text: string }
  | { readonly kind: "progress"; readonly share: number; readonly text: string }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "applied"; readonly result: Applied }
  | { readonly kind: "shown"; readonly unit: string; readonly curves: readonly Curve[] }
  | { readonly kind: "failed"; readonly message: string };
