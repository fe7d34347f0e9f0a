/** For vitest: what the processes of a test run, and those that they start, find in their environment. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { softwareDriver } from "./browser.mjs";
import { bundleAll } from "./bundle.mjs";

export default async function setup() {
  // The command that tests start is that of the sources.
  await bundleAll();
  // What tests learn about the speed of algorithms neither goes to the user's folder nor comes from it.
  const folder = mkdtempSync(join(tmpdir(), "spectrai-test-cache-"));
  process.env.SPECTRAI_CACHE = folder;
  // Test files run side by side, each with as many threads as there are cores: those that wait are to leave the cores
  // to the others, not to spin on them. With it, training beside another file takes less than half the time.
  process.env.OMP_WAIT_POLICY ??= "passive";
  // WebGPU without a graphics card: the software driver that Debian's Chromium brings, beside any that are installed.
  if (existsSync(softwareDriver)) process.env.VK_ADD_DRIVER_FILES ??= softwareDriver;
  return () => rmSync(folder, { recursive: true, force: true });
}
