import augment from "@spectrai/augment";
import baselines from "@spectrai/baselines";
import { type Logger, openWorkbench, type Plugin, SpectraiError, type Workbench } from "@spectrai/core";
import ioFormats from "@spectrai/io-formats";
import losses from "@spectrai/losses";
import densenetModels from "@spectrai/models-densenet";
import efficientnetModels from "@spectrai/models-efficientnet";
import rcanModels from "@spectrai/models-rcan";
import resnetModels from "@spectrai/models-resnet";
import segnetModels from "@spectrai/models-segnet";
import unetModels from "@spectrai/models-unet";
import preprocess from "@spectrai/preprocess";

const plugins: readonly Plugin[] = [
  augment,
  baselines,
  densenetModels,
  efficientnetModels,
  ioFormats,
  losses,
  preprocess,
  rcanModels,
  resnetModels,
  segnetModels,
  unetModels,
];
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const missing = (path: string): Promise<never> =>
  Promise.reject(new SpectraiError("SPECTRAI_FILE_NOT_FOUND", `${path} is not there.`));

/** Every first-party component, and no files. */
export const openBench = (): Promise<Workbench> =>
  openWorkbench({
    plugins,
    files: { list: missing, stat: missing, open: missing },
    logger: silent,
    seed: 1,
  });
