import type { WorkloadName } from "../networks/workloads.ts";
import { type Side, startSide } from "../onednn/side.ts";
import type { GpuOptions } from "./options.ts";
import { type GpuBackend, type Hello, type Layout, type Precision, precisionsOf, type Request } from "./setting.ts";

/** Where the children's scripts are. */
export interface Places {
  /** Ours: a script that takes `child` and a setting. */
  readonly child: string;
  readonly peer: string;
  /** Those of our backends that are at hand. */
  readonly backends: readonly GpuBackend[];
}

export type SideName = GpuBackend | "pytorch";

/** A running child, and the precisions that it has. */
export interface GpuSide {
  readonly name: SideName;
  readonly precisions: readonly Precision[];
  readonly hello: Exclude<Hello, { readonly unavailable: string }>;
  /** @param variant - absent = the first precision, contiguous */
  ask<Answer extends object>(what: Ask, precision?: Precision, layout?: Layout): Promise<Answer>;
  close(): Promise<void>;
}

type Ask = Exclude<Request["do"], "steps"> | { readonly steps: number };

/** A first pipeline of a large network may compile for minutes. */
const patience = 600;

function sideOf(
  name: SideName,
  precisions: readonly Precision[],
  child: Side<Hello>,
): GpuSide | { readonly unavailable: string } {
  if ("unavailable" in child.first) return child.first;
  return {
    name,
    precisions,
    hello: child.first,
    ask: (what, precision = precisions[0]!, layout = "contiguous") => {
      const request: Request =
        typeof what === "string"
          ? { do: what, precision, layout }
          : { do: "steps", count: what.steps, precision, layout };
      return child.ask(JSON.stringify(request));
    },
    close: child.close,
  };
}

/** Starts all children of one workload; or, without one, of measuring the device. */
export async function startSides(
  { software, small, precisions, python }: GpuOptions,
  { child, peer }: Places,
  backends: readonly GpuBackend[],
  workload: WorkloadName | undefined,
  unavailable: (name: SideName, reason: string) => void,
): Promise<GpuSide[]> {
  const sides: GpuSide[] = [];
  const add = (name: SideName, offered: readonly Precision[], started: Side<Hello>): void => {
    const side = sideOf(name, offered, started);
    if (!("unavailable" in side)) sides.push(side);
    else unavailable(name, side.unavailable);
  };
  const label = (name: string): string => `${workload ?? "the device"} on ${name}`;
  try {
    for (const backend of backends)
      for (const precision of precisionsOf[backend].filter((p) => precisions.includes(p))) {
        const setting = { backend, precision, software, small, workload };
        const started = await startSide<Hello>(
          label(backend),
          process.execPath,
          [child, "child", JSON.stringify(setting)],
          patience,
        );
        add(backend, [precision], started);
        // What one precision lacks, the others lack as well.
        if ("unavailable" in started.first) break;
      }
    if (python !== undefined && sides.length > 0) {
      const args = [peer, "--device", software ? "cpu" : "cuda", ...(small ? ["--small"] : [])];
      if (workload !== undefined) args.push("--workload", workload);
      try {
        add("pytorch", precisions, await startSide<Hello>(label("PyTorch"), python, args, patience));
      } catch (error) {
        unavailable("pytorch", error instanceof Error ? error.message : String(error));
      }
    }
    return sides;
  } catch (error) {
    await closeAll(sides);
    throw error;
  }
}

export async function closeAll(sides: readonly GpuSide[]): Promise<void> {
  for (const side of sides) await side.close();
}
