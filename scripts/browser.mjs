/**
 * What tests of pages and of WebGPU need: Chromium, which also brings a software driver for Vulkan, and Vulkan's loader.
 * CHROMIUM names another browser. Where it is missing and cannot be installed, those tests are skipped, and say so.
 */
import { existsSync } from "node:fs";
import { installFromDebian, mayInstall } from "./debian.mjs";

export const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";
const loaders = ["/usr/lib/x86_64-linux-gnu/libvulkan.so.1", "/usr/lib/aarch64-linux-gnu/libvulkan.so.1"];

const missing = () => [
  ...(existsSync(chromium) ? [] : ["chromium"]),
  ...(loaders.some((path) => existsSync(path)) ? [] : ["libvulkan1"]),
];

/** Installs what is missing on Debian as root, and names it in a sentence otherwise. */
export function installBrowser() {
  if (process.platform !== "linux" || missing().length === 0) return;
  if (mayInstall()) installFromDebian(missing(), "the tests in a browser and of WebGPU");
  const left = missing();
  if (left.length > 0)
    process.stderr.write(
      `Tests in a browser or of WebGPU are skipped: they need ${left.join(", ")} (sudo apt-get install ${left.join(" ")}).\n`,
    );
}
