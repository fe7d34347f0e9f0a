import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { missingVulkan } from "../src/vulkan.ts";

const folder = mkdtempSync(join(tmpdir(), "vulkan-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Neither the user's folders nor the system's. */
const bare = { HOME: folder, XDG_CONFIG_DIRS: join(folder, "none"), XDG_DATA_DIRS: join(folder, "share") };
const present = (): void => {
  throw new Error("Module did not self-register: 'libvulkan.so.1'.");
};
const absent = (): void => {
  throw new Error("libvulkan.so.1: cannot open shared object file: No such file or directory");
};

describe("what is missing of Vulkan", () => {
  it("is the loader", () => {
    expect(missingVulkan(bare, absent, [])).toBe(
      "the Vulkan loader libvulkan.so.1 is not installed; on Debian, apt-get install libvulkan1 and the graphics card's driver",
    );
  });

  it("is a driver, until there is one in a folder or in the environment", () => {
    const drivers = join(folder, "share", "vulkan", "icd.d");
    expect(missingVulkan(bare, present, [])).toBe(
      `no Vulkan driver is installed, for ${drivers} and its like hold none; install the graphics card's driver`,
    );
    const driver = join(folder, "driver.json");
    writeFileSync(driver, "{}");
    for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"]) {
      expect(missingVulkan({ ...bare, [name]: `${folder}/other.json:${driver}` }, present, [])).toBeUndefined();
      expect(missingVulkan({ ...bare, [name]: `${folder}/other.json` }, present, [])).toMatch(/^no Vulkan driver/);
    }
    mkdirSync(drivers, { recursive: true });
    expect(missingVulkan(bare, present, [])).toMatch(/^no Vulkan driver/);
    writeFileSync(join(drivers, "card.json"), "{}");
    expect(missingVulkan(bare, present, [])).toBeUndefined();
  });
});
