import { type ModelCard, type Plugin, SpectraiError, whoProvides } from "@spectrai/core";

/** The plugins that models may need. Each is loaded when a model needs it: leave out those of models you do not have. */
const plugins: Readonly<Record<string, () => Promise<{ readonly default: Plugin }>>> = {
  "@spectrai/models-cube": () => import("@spectrai/models-cube"),
  "@spectrai/models-denoiser": () => import("@spectrai/models-denoiser"),
  "@spectrai/models-densenet": () => import("@spectrai/models-densenet"),
  "@spectrai/models-efficientnet": () => import("@spectrai/models-efficientnet"),
  "@spectrai/models-rcan": () => import("@spectrai/models-rcan"),
  "@spectrai/models-resnet": () => import("@spectrai/models-resnet"),
  "@spectrai/models-segnet": () => import("@spectrai/models-segnet"),
  "@spectrai/models-spectral": () => import("@spectrai/models-spectral"),
  "@spectrai/models-unet": () => import("@spectrai/models-unet"),
  "@spectrai/preprocess": () => import("@spectrai/preprocess"),
};

/** The plugins of a model's architecture and of its preprocessing. @throws SPECTRAI_PLUGIN_NOT_FOUND */
export async function pluginsOf(card: ModelCard): Promise<Plugin[]> {
  const steps = card.preprocess.map((step) => whoProvides("transform", step.ref["name"] as string));
  const names = new Set([card.model.plugin, ...steps.filter((name) => name !== undefined)]);
  return Promise.all([...names].map(load));
}

async function load(name: string): Promise<Plugin> {
  const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  if (!plugin)
    throw new SpectraiError(
      "SPECTRAI_PLUGIN_NOT_FOUND",
      `The model needs the plugin ${name}, which this page does not hold; add it to the list in plugins.ts.`,
    );
  return (await plugin()).default;
}
