import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name drivers, in place of the folders or beside them. */
const named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"];

/**
 * What Dawn would miss of Vulkan on Linux, where it is its only way to a graphics card; Dawn itself prints warnings of it.
 *
 * @param load - throws as `process.dlopen` does
 * @param system - the system's own folders of settings
 * @returns undefined where nothing is missing
 */
export function missingVulkan(
  environment: Environment = process.env,
  load: (library: string) => void = (library) => process.dlopen({ exports: {} }, library),
  system: readonly string[] = ["/usr/local/etc", "/etc"],
): string | undefined {
  try {
    load("libvulkan.so.1");
  } catch (e) {
    // Any other complaint is that it is no addon, which is true; but then it is there.
    if (/cannot open shared object/.test((e as Error).message))
      return "the Vulkan loader libvulkan.so.1 is not installed; on Debian, apt-get install libvulkan1 and the graphics card's driver";
  }
  if (named.some((name) => files(environment[name]).some((path) => existsSync(path)))) return undefined;
  const folders = driverFolders(environment, system);
  if (folders.some((folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".json"))))
    return undefined;
  return `no Vulkan driver is installed, for ${folders.at(-1)!} and its like hold none; install the graphics card's driver`;
}

const files = (list: string | undefined): string[] => list?.split(delimiter).filter((path) => path !== "") ?? [];

/** Where Vulkan's loader looks for drivers (Vulkan-Loader, LoaderDriverInterface.md). */
function driverFolders(environment: Environment, system: readonly string[]): string[] {
  const home = environment["HOME"] ?? homedir();
  const bases = [
    environment["XDG_CONFIG_HOME"] ?? join(home, ".config"),
    ...(files(environment["XDG_CONFIG_DIRS"]).length > 0 ? files(environment["XDG_CONFIG_DIRS"]) : ["/etc/xdg"]),
    ...system,
    environment["XDG_DATA_HOME"] ?? join(home, ".local/share"),
    ...(files(environment["XDG_DATA_DIRS"]).length > 0
      ? files(environment["XDG_DATA_DIRS"])
      : ["/usr/local/share", "/usr/share"]),
  ];
  return bases.map((base) => join(base, "vulkan", "icd.d"));
}
