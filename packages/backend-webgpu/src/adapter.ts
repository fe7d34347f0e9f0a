import { findGpu } from "#gpu";

export interface AdapterRequest {
  /** Part of the adapter's name, for Dawn. */
  readonly adapter?: string | undefined;
  readonly power: "high-performance" | "low-power";
}

export type FoundAdapter = { readonly adapter: GPUAdapter } | { readonly reason: string };

/** The graphics adapter that fits a request, or why there is none. */
export async function findAdapter({ adapter: name, power }: AdapterRequest): Promise<FoundAdapter> {
  const found = await findGpu({ adapter: name });
  if ("reason" in found) return found;
  // Dawn throws where a browser gives null.
  const adapter = await found.gpu.requestAdapter({ powerPreference: power }).catch(() => null);
  if (adapter) return { adapter };
  return {
    reason:
      name === undefined
        ? "WebGPU found no graphics adapter; install the graphics card's driver"
        : `WebGPU found no graphics adapter with "${name}" in its name`,
  };
}

/** Names of drivers that compute on the processor: SwiftShader, Mesa's lavapipe, Windows' WARP. */
const software = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

const names = (info: GPUAdapterInfo): string[] =>
  [info.vendor, info.architecture, info.device, info.description].filter((name) => name !== "");

export const isSoftware = (info: GPUAdapterInfo): boolean =>
  info.isFallbackAdapter || names(info).some((name) => software.test(name));

/** A name for people: browsers hide most of it, and Dawn gives the card's in lower case with dashes. */
export const describeAdapter = (adapter: GPUAdapter): string => {
  const { vendor, architecture, device, description } = adapter.info;
  const card = device.replace(/^-+|-+$/g, "");
  const known = card.startsWith(vendor) ? card : `${vendor} ${card}`.trim();
  const parts = [known, card.includes(architecture) ? "" : architecture, description];
  return parts.filter((part) => part !== "").join(", ") || "an adapter that the browser does not name";
};

/** The limits that the kernels come near to. */
const limitNames = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** As much of those as the adapter has. */
export const limitsOf = ({ limits }: GPUAdapter): Record<(typeof limitNames)[number], number> =>
  Object.fromEntries(limitNames.map((name) => [name, limits[name]])) as Record<(typeof limitNames)[number], number>;
