import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Workload, workloads } from "../networks/workloads.ts";
import { root } from "../paths.ts";
import type { Setting, WorkerSetting } from "./setting.ts";
import { type Side, startSide } from "./side.ts";

const worker = fileURLToPath(new URL("./worker.js", import.meta.url));
const peerScript = join(root, "bench", "peer", "peer.py");

/** What a child says first. */
export type Ready = { readonly name: string; readonly parameters: number } | { readonly unavailable: string };

export interface Step {
  readonly seconds: number;
  readonly peakRssBytes: number;
}
export interface ProductTime {
  readonly seconds: number;
  readonly operations: number;
}

/** What ours is compared with: PyTorch by its Python, another backend of ours, or nothing. */
export type Peer = { readonly python: string } | { readonly backend: string } | undefined;

export const startWorker = (setting: WorkerSetting): Promise<Side<Ready>> =>
  startSide(`${setting.workload} on the backend ${setting.backend}`, process.execPath, [
    worker,
    JSON.stringify(setting),
  ]);

/** How to start each child that ours is compared with: PyTorch once for every memory layout that may be its fastest. */
export function peersOf({ workload, mode, threads }: Setting, peer: Peer): (() => Promise<Side<Ready>>)[] {
  if (peer === undefined) return [];
  if ("backend" in peer) return [() => startWorker({ workload, mode, threads, backend: peer.backend, profile: false })];
  const work: Workload = workloads[workload];
  return (work.channelsLast ? ["contiguous", "channels_last"] : ["contiguous"]).map((layout) => {
    const options = { workload, mode, threads, layout };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return () => startSide<Ready>(`${workload} in PyTorch`, peer.python, [peerScript, ...args]);
  });
}
