import { SpectraiError } from "@spectrai/core";
import { short } from "./errors.ts";
import type { TorchFile } from "./read-torch.ts";
import { TorchTensor, type TorchValue } from "./values.ts";

/** The parameters and buffers of a network, and what else its checkpoint says. */
export interface TorchState {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** The checkpoint's other entries: empty for a plain state_dict. */
  readonly about: ReadonlyMap<string, TorchValue>;
}

/** Names under which checkpoints keep the state_dict, the original software's first. */
const places = ["network", "state_dict", "model_state_dict", "model", "net", "weights"];

/**
 * Finds the state_dict of a file: the file itself, or an entry of it. What `nn.DataParallel` puts in front of every name is left out.
 *
 * @throws SPECTRAI_FILE_UNSUPPORTED where there is none, or several
 */
export function findState({ name, value }: TorchFile): TorchState {
  const whole = tensorsOf(value);
  if (whole) return { tensors: withoutPrefix(whole), about: new Map() };
  const entries = value instanceof Map ? [...(value as ReadonlyMap<TorchValue, TorchValue>)] : [];
  const about = new Map(entries.filter((e): e is [string, TorchValue] => typeof e[0] === "string"));
  // A dict can stand under many keys, and is looked through once.
  const looked = new Map([...new Set(about.values())].map((entry) => [entry, tensorsOf(entry)]));
  const found = [...about].flatMap(([key, entry]) => {
    const tensors = looked.get(entry);
    return tensors ? [{ key, tensors }] : [];
  });
  const place = places.find((p) => found.some((f) => f.key === p)) ?? (found.length === 1 ? found[0]!.key : undefined);
  if (place === undefined)
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      `${name} holds ${
        found.length === 0
          ? "no state_dict of a network"
          : `several sets of tensors (${found
              .slice(0, 5)
              .map((f) => short(f.key))
              .join(", ")})`
      }; save one with torch.save(model.state_dict(), file).`,
    );
  about.delete(place);
  return { tensors: withoutPrefix(found.find((f) => f.key === place)!.tensors), about };
}

/** The tensors of a dict that holds tensors under texts, and little else. */
function tensorsOf(value: TorchValue): Map<string, TorchTensor> | undefined {
  if (!(value instanceof Map) || value.size === 0) return undefined;
  const tensors = new Map<string, TorchTensor>();
  for (const [key, entry] of value as ReadonlyMap<TorchValue, TorchValue>) {
    if (typeof key !== "string") return undefined;
    if (entry instanceof TorchTensor) tensors.set(key, entry);
  }
  return 2 * tensors.size > value.size ? tensors : undefined;
}

function withoutPrefix(tensors: ReadonlyMap<string, TorchTensor>): ReadonlyMap<string, TorchTensor> {
  const prefix = "module.";
  const all = [...tensors];
  return all.every(([key]) => key.startsWith(prefix))
    ? new Map(all.map(([key, tensor]) => [key.slice(prefix.length), tensor]))
    : tensors;
}
