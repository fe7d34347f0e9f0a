import type { ChosenBackend } from "../backends.ts";
import { SpectraiError } from "../errors.ts";

/**
 * What to tell of a failure: where the backend's device is gone, everything after that fails for it.
 *
 * @param mend - what can be done about it, from "what" on, as it stands after a semicolon
 * @returns SPECTRAI_BACKEND_LOST, or the failure itself
 */
export function tellLostDevice(failure: unknown, { name, backend }: ChosenBackend, mend: string): unknown {
  const lost = backend.lost?.();
  if (lost === undefined) return failure;
  return new SpectraiError(
    "SPECTRAI_BACKEND_LOST",
    `The device of the backend ${name} was lost (${lost}); nothing was left half-written; ${mend}.`,
    { cause: failure },
  );
}
