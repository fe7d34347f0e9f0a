import * as tf from "@tensorflow/tfjs-core";
import { SpectraiError } from "@spectrai/core";
import type { OnednnBackend } from "../backend.ts";

export const backendName = "onednn";

/** The arguments of a kernel function, with the backend's real type. */
export interface KernelCall<I extends string, A = object> {
  readonly inputs: Readonly<Record<I, tf.TensorInfo>>;
  readonly backend: OnednnBackend;
  readonly attrs: A;
}

type AnyKernel = (call: never) => tf.TensorInfo | tf.TensorInfo[];

const codes = ["SPECTRAI_BACKEND_MEMORY", "SPECTRAI_BACKEND_OP"] as const;

/** What the addon threw, as an error that names the operation and the shapes it was given. */
export function explain(name: string, inputs: Readonly<Record<string, unknown>>, thrown: unknown): unknown {
  // What a kernel stored may have been explained already, without the kernel's name.
  const error = thrown instanceof SpectraiError && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = codes.find((c) => c === (error as { code?: unknown }).code);
  if (!code) return thrown;
  const shapes = Object.entries(inputs)
    .flatMap(([key, t]) => (Array.isArray(t) ? t.map((one, i) => [`${key}.${i}`, one] as const) : [[key, t] as const]))
    .filter((entry): entry is readonly [string, tf.TensorInfo] => entry[1] !== undefined && entry[1] !== null)
    .map(([key, t]) => `${key} [${t.shape.join(", ")}]`)
    .join(", ");
  const advice = code === "SPECTRAI_BACKEND_MEMORY" ? "; use a smaller batch, a smaller model, or more memory" : "";
  return new SpectraiError(
    code,
    `The onednn backend could not run ${name} of ${shapes}: ${(error as Error).message}${advice}.`,
    { cause: error },
  );
}

/** Registers a kernel of this backend, once. */
export function register(kernelName: string, kernel: AnyKernel): void {
  if (tf.getKernel(kernelName, backendName)) return;
  const run = kernel as unknown as tf.KernelFunc;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: (call) => {
      try {
        return run(call);
      } catch (error) {
        throw explain(kernelName, call.inputs, error);
      }
    },
  });
}
