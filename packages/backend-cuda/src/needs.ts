/** What a TensorFlow was built against; its libraries must be of that version. */
export interface Needs {
  readonly cuda: string;
  readonly cudnn: string;
  /** The oldest driver, on Linux and on Windows. */
  readonly driver: { readonly linux: string; readonly win32: string };
  /** The libraries, by name without prefix, with the version in their file's name. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** Oldest drivers: https://docs.nvidia.com/deploy/cuda-compatibility (any release of the same major version of CUDA). */
const driver11 = { linux: "450.80.02", win32: "452.39" };
const driver12 = { linux: "525.60.13", win32: "527.41" };

const libraries11 = { cudart: "11.0", cublas: "11", cublasLt: "11", cufft: "10", cusolver: "11", cusparse: "11" };
const libraries12 = { cudart: "12", cublas: "12", cublasLt: "12", cufft: "11", cusolver: "11", cusparse: "12" };

const cuda11 = (cuda: string, cudnn: string): Needs => ({
  cuda,
  cudnn,
  driver: driver11,
  libraries: { ...libraries11, cudnn: cudnn.split(".")[0]! },
});
const cuda12 = (cuda: string, cudnn: string): Needs => ({
  cuda,
  cudnn,
  driver: driver12,
  libraries: { ...libraries12, cudnn: cudnn.split(".")[0]! },
});

/**
 * From which minor version of TensorFlow 2 on, newest first: https://www.tensorflow.org/install/source#gpu; the libraries
 * as its loader opens them.
 */
const table: readonly (readonly [minor: number, needs: Needs])[] = [
  [18, cuda12("12.5", "9.3")],
  [16, cuda12("12.3", "8.9")],
  [15, cuda12("12.2", "8.9")],
  [14, cuda11("11.8", "8.7")],
  [12, cuda11("11.8", "8.6")],
  [5, { ...cuda11("11.2", "8.1"), libraries: { ...libraries11, curand: "10", cudnn: "8" } }],
];

/** What a version such as 2.9.1 needs; undefined where it is not known. */
export function needsOf(tensorflow: string | undefined): Needs | undefined {
  const [major, minor] = (tensorflow ?? "").split(".").map(Number);
  return major === 2 ? table.find(([from]) => minor! >= from && minor! <= 20)?.[1] : undefined;
}

/** A library's file: libcudart.so.11.0, cudart64_110.dll. */
export const fileOf = (library: string, version: string, platform: string): string =>
  platform === "win32" ? `${library}64_${version.replace(".", "")}.dll` : `lib${library}.so.${version}`;

/** Whether a version, numbers with dots, is below another. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((v) => v.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < b.length; i++) if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) < b[i]!;
  return false;
}
