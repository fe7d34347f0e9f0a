import type { CudaOptions } from "./cuda.ts";
import type { Host } from "./host.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** GPUs that CUDA_VISIBLE_DEVICES leaves visible, as it names them; undefined = it is not set, and all are. */
export const visible = (env: Variables): readonly string[] | undefined => {
  const list = env["CUDA_VISIBLE_DEVICES"]?.split(",").map((id) => id.trim());
  if (!list) return undefined;
  // CUDA reads up to the first that it does not know; an empty list and -1 hide all.
  const end = list.findIndex((id) => id === "" || id.startsWith("-"));
  return end < 0 ? list : list.slice(0, end);
};

/** Why the wanted GPU cannot be had. */
export function hidden({ device = 0 }: CudaOptions, env: Variables, gpus: number): string | undefined {
  const list = visible(env);
  const said = `CUDA_VISIBLE_DEVICES is "${env["CUDA_VISIBLE_DEVICES"] ?? ""}"`;
  if (list?.length === 0) return `${said}, which hides every GPU; unset it, or name one`;
  if (list && device >= list.length)
    return `the option device is ${device}, but ${said}, which leaves ${list.length}; count from 0 within that list`;
  if (!list && gpus > 0 && device >= gpus)
    return `the option device is ${device}, but there ${gpus === 1 ? "is one GPU, number 0" : `are ${gpus} GPUs, numbers 0 to ${gpus - 1}`}`;
  return undefined;
}

/**
 * The environment variables that the options come down to. TensorFlow reads them once, when it is loaded. One GPU is left
 * visible: with several, tfjs-node would put tensors on the last and compute on the first.
 */
export function variables(
  { device = 0, precision, memoryGrowth, deterministic }: CudaOptions,
  env: Variables,
): Variables {
  const list = visible(env);
  return {
    CUDA_VISIBLE_DEVICES: list ? list[device] : String(device),
    // nvidia-smi's order; a list that is there already was made for the order that is there.
    ...(list === undefined && { CUDA_DEVICE_ORDER: env["CUDA_DEVICE_ORDER"] ?? "PCI_BUS_ID" }),
    TF_FORCE_GPU_ALLOW_GROWTH: String(memoryGrowth),
    NVIDIA_TF32_OVERRIDE: precision === "f32" ? "0" : undefined,
    ...(deterministic && { TF_DETERMINISTIC_OPS: "1" }),
    // What CUDA compiles for a GPU newer than TensorFlow: more than the cache holds by default.
    CUDA_CACHE_MAXSIZE: env["CUDA_CACHE_MAXSIZE"] ?? String(2 ** 32),
    // Warnings and errors; without it TensorFlow reports every step of its start.
    TF_CPP_MIN_LOG_LEVEL: env["TF_CPP_MIN_LOG_LEVEL"] ?? "1",
  };
}

/** Writes variables into the process's environment; undefined = takes away. */
export function setVariables(host: Host, values: Variables): void {
  for (const [name, value] of Object.entries(values))
    if (value === undefined) delete host.env[name];
    else host.env[name] = value;
}
