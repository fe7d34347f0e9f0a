import augment from "@spectrai/augment";
import baselines from "@spectrai/baselines";
import { type Logger, openWorkbench, type Plugin, SpectraiError, type Workbench } from "@spectrai/core";
import ioFormats from "@spectrai/io-formats";
import losses from "@spectrai/losses";
import densenet from "@spectrai/models-densenet";
import efficientnet from "@spectrai/models-efficientnet";
import resnet from "@spectrai/models-resnet";
import segnet from "@spectrai/models-segnet";
import unet from "@spectrai/models-unet";
import preprocess from "@spectrai/preprocess";

const plugins: readonly Plugin[] = [
  augment,
  baselines,
  densenet,
  efficientnet,
  ioFormats,
  losses,
  preprocess,
  resnet,
  segnet,
  unet,
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
