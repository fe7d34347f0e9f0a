import { type Component, type Kind, type Kinds, SpectraiError } from "@spectrai/core";

/**
 * What a component makes of these options; the others have their defaults.
 *
 * @throws SPECTRAI_COMPONENT_OPTIONS where it does not take them
 */
export async function createWith<K extends Kind>(
  component: Component<K>,
  options: Readonly<Record<string, unknown>>,
): Promise<Kinds[K]> {
  const checked = await component.schema["~standard"].validate(options);
  if (checked.issues)
    throw new SpectraiError(
      "SPECTRAI_COMPONENT_OPTIONS",
      `The ${component.kind} "${component.name}" does not take the options ${JSON.stringify(options)}: ${checked.issues[0]?.message}.`,
    );
  // Components that ask for services cannot be made without a run.
  return component.create(checked.value as never, {} as never);
}
