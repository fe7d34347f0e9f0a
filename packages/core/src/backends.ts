import type { Backend, Probe } from "./contracts/backend.ts";
import { isSpectraiError, SpectraiError } from "./errors.ts";
import { createComponent, type NormalRef, resolveRef, type ResolvedRef } from "./options.ts";
import type { Registry } from "./registry.ts";
import type { Services } from "./services.ts";

/** Best first: what `auto` tries. */
export const backendOrder = ["cuda", "onednn", "webgpu", "wasm", "cpu"] as const;

export interface ChosenBackend {
  readonly name: string;
  readonly backend: Backend;
  readonly device: string;
  /** Why this one: what was better placed and did not work. */
  readonly why: string;
  readonly ref: ResolvedRef<"backend">;
}

/**
 * Makes the named backend tfjs's current one; `auto` takes the first that works here.
 * @throws SPECTRAI_BACKEND_UNAVAILABLE with every backend's reason
 */
export async function chooseBackend(registry: Registry, ref: NormalRef, services: Services): Promise<ChosenBackend> {
  const auto = ref.name === "auto";
  const installed = registry.list("backend").map((r) => r.component.name);
  const names = auto
    ? [
        ...backendOrder.filter((n) => installed.includes(n)),
        ...installed.filter((n) => !(backendOrder as readonly string[]).includes(n)),
      ]
    : [ref.name];
  const passedOver: string[] = [];
  for (const name of names) {
    const resolved = resolveRef(registry, "backend", { name, options: auto ? {} : ref.options }, "backend");
    const backend = await createComponent(resolved, services);
    const probe = await backend.probe();
    const obstacle = await obstacleTo(name, backend, probe, auto);
    if (probe.available && obstacle === undefined) {
      const why = auto
        ? passedOver.length > 0
          ? `the best that works here; ${passedOver.join("; ")}`
          : "the best that is installed"
        : "as the config says";
      return { name, backend, device: probe.device, why, ref: resolved };
    }
    passedOver.push(auto ? `${name}: ${obstacle}` : obstacle!);
  }
  const reason =
    passedOver.length > 0
      ? passedOver.join("; ")
      : "no plugin of the config provides a backend; add @spectrai/backend-wasm";
  throw new SpectraiError("SPECTRAI_BACKEND_UNAVAILABLE", `backend: ${ref.name} cannot run here: ${reason}.`);
}

/** Starts a backend. @returns why not, where that is known before or comes out then, and `auto` goes on to the next */
async function obstacleTo(name: string, backend: Backend, probe: Probe, auto: boolean): Promise<string | undefined> {
  if (!probe.available) return probe.reason;
  if (auto && probe.software) return `only a software adapter (${probe.device}); backend: ${name} takes it`;
  try {
    await backend.init();
    return undefined;
  } catch (e) {
    if (!auto || !isSpectraiError(e) || e.code !== "SPECTRAI_BACKEND_UNAVAILABLE") throw e;
    return e.message.replace(/\.$/, "");
  }
}
