import { win32 } from "node:path";
import type { Host } from "./host.ts";
import type { Libraries } from "./libraries.ts";

/** A GPU as nvidia-smi lists it. */
export interface Gpu {
  readonly name: string;
  /** Of memory. */
  readonly megabytes: number;
}

/** NVIDIA's driver, or why there is none. */
export type Driver =
  { readonly version: string | undefined; readonly gpus: readonly Gpu[] } | { readonly reason: string };

const getDriver = "install the driver of https://www.nvidia.com/drivers";

/** As the kernel module states it: "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 …". */
const versionOfModule = (text: string | undefined): string | undefined =>
  / (\d+\.\d+(?:\.\d+)?) /.exec(text ?? "")?.[1];

interface Listed {
  readonly version?: string;
  readonly gpus: readonly Gpu[];
  /** What nvidia-smi said when it failed; undefined = it is not there, or works. */
  readonly complaint?: string;
}

/** What nvidia-smi knows: lines such as "NVIDIA A100-SXM4-40GB, 535.104.05, 40960". */
async function listed(host: Host): Promise<Listed> {
  const query = ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader,nounits"];
  const { status, stdout, stderr } = await host.run("nvidia-smi", query, { seconds: 20 });
  if (status !== 0) {
    const said = `${stdout}\n${stderr}`.trim().split("\n")[0]!.trim();
    return { gpus: [], ...(status !== undefined && said !== "" && { complaint: said.replace(/\.$/, "") }) };
  }
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",").map((part) => part.trim()))
    .filter((row) => row.length === 3);
  const version = rows[0]?.[1];
  return {
    gpus: rows.map(([name, , memory]) => ({ name: name!, megabytes: Number(memory) })),
    ...(version !== undefined && { version }),
  };
}

/**
 * Looks for the kernel module, for the library that programs use, and asks nvidia-smi. None of them alone is proof: Windows
 * and WSL have no `/proc/driver/nvidia`, and containers may lack nvidia-smi.
 */
export async function findDriver(host: Host, libraries: Libraries): Promise<Driver> {
  const windows = host.platform === "win32";
  const module = windows ? undefined : host.read("/proc/driver/nvidia/version");
  const library = windows
    ? host.real(win32.join(host.env["SystemRoot"] ?? "C:\\Windows", "System32", "nvcuda.dll"))
    : libraries.find("libcuda.so.1");
  const { version = versionOfModule(module), gpus, complaint } = await listed(host);
  if (module === undefined && library === undefined && gpus.length === 0)
    return {
      reason:
        complaint === undefined
          ? `there is no NVIDIA driver here, and so no GPU for CUDA; with an NVIDIA GPU, ${getDriver}`
          : `the NVIDIA driver does not work (nvidia-smi says: ${complaint}); ${getDriver} and restart the machine`,
    };
  if (library === undefined)
    return {
      reason: windows
        ? `the NVIDIA driver is there, but not its library nvcuda.dll; ${getDriver} anew`
        : "the NVIDIA driver is there, but its library libcuda.so.1 is not in the loader's search path; in a container, start it with the NVIDIA Container Toolkit (docker run --gpus all), otherwise add the library's folder to LD_LIBRARY_PATH",
    };
  return { version, gpus };
}
