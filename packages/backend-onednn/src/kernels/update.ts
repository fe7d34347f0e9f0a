import type * as tf from "@tensorflow/tfjs-core";
import type { OnednnBackend } from "../backend.ts";
import { register } from "./kernel.ts";

/** Kernels of many tensors get them as a list. */
interface ListCall<A> {
  readonly inputs: readonly tf.TensorInfo[];
  readonly backend: OnednnBackend;
  readonly attrs: A;
}

interface UpdateAttrs {
  readonly parameters: number;
  readonly scalars: Float32Array;
}

interface SgdAttrs extends UpdateAttrs {
  readonly momentum: boolean;
  readonly nesterov: boolean;
}
interface RmspropAttrs extends UpdateAttrs {
  readonly centered: boolean;
  readonly momentum: boolean;
}

/**
 * Kernels that change tensors in place, see core's fused-kernels.ts. They have no outputs. Inputs are lists of one tensor for
 * each parameter, of which the second is only read.
 */
export function registerUpdates(): void {
  register("AdamUpdate", ({ inputs, backend, attrs }: ListCall<UpdateAttrs>) =>
    change(backend, inputs, attrs.parameters, (ids) => backend.native.adamUpdate(ids, attrs.scalars)),
  );
  register("SgdUpdate", ({ inputs, backend, attrs }: ListCall<SgdAttrs>) => {
    const { parameters, scalars, momentum, nesterov } = attrs;
    return change(backend, inputs, parameters, (ids) =>
      backend.native.sgdUpdate(ids, scalars, Number(momentum), Number(nesterov)),
    );
  });
  register("RmspropUpdate", ({ inputs, backend, attrs }: ListCall<RmspropAttrs>) => {
    const { parameters, scalars, centered, momentum } = attrs;
    return change(backend, inputs, parameters, (ids) =>
      backend.native.rmspropUpdate(ids, scalars, Number(centered), Number(momentum)),
    );
  });
  register("BlendInPlace", ({ inputs, backend, attrs }: ListCall<{ readonly weight: number }>) =>
    change(backend, inputs, inputs.length / 2, (ids) => backend.native.blendInPlace(ids, attrs.weight)),
  );
  register("GlobalNorm", ({ inputs, backend }: ListCall<object>) => {
    const ids = new Int32Array(inputs.length);
    for (let i = 0; i < ids.length; i++) ids[i] = backend.any(inputs[i]!);
    const norm = backend.make([]);
    backend.native.globalNorm(ids, backend.any(norm));
    return norm;
  });
}

function change(
  backend: OnednnBackend,
  tensors: readonly tf.TensorInfo[],
  parameters: number,
  run: (ids: Int32Array) => void,
): [] {
  const isRead = (i: number): boolean => i >= parameters && i < 2 * parameters;
  const ids = new Int32Array(tensors.length);
  for (let i = 0; i < ids.length; i++) ids[i] = isRead(i) ? backend.any(tensors[i]!) : backend.plain(tensors[i]!);
  run(ids);
  // Afterwards: where the addon refuses, arrays that were read still show the tensors' memory.
  for (let i = 0; i < ids.length; i++) if (!isRead(i)) backend.overwrite(tensors[i]!);
  return [];
}
