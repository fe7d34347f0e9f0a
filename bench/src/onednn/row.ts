import { alignColumns } from "../table.ts";
import { operations } from "../networks/products.ts";
import { workloads } from "../networks/workloads.ts";
import type { Step } from "./children.ts";
import type { Setting } from "./setting.ts";

/** One workload in one mode, ours beside the peer's. The peer's figures are null where there is none. */
export interface Row extends Setting {
  /** Median of a step. */
  readonly seconds: number;
  readonly peerSeconds: number | null;
  /** Ours ÷ the peer's: below 1 we are faster. */
  readonly ratio: number | null;
  readonly peakRssBytes: number;
  readonly peerPeakRssBytes: number | null;
  readonly rssRatio: number | null;
  /** Arithmetic of convolutions and dense layers, in 10⁹ operations a second of the whole step. */
  readonly gflops: number;
  /** The fastest square matrix product on either side, in the mode's precision. */
  readonly peakGflops: number;
  /** gflops ÷ peakGflops. */
  readonly share: number;
  readonly parameters: number;
  readonly peer: string | null;
}

/** @param peers - of which the fastest counts */
export function rowOf(
  { workload, mode, threads }: Setting,
  parameters: number,
  own: Step,
  peers: readonly (Step & { readonly name: string })[],
  peakGflops: number,
): Row {
  const peer = [...peers].sort((a, b) => a.seconds - b.seconds)[0];
  const gflops = operations(workloads[workload].products, mode !== "infer") / own.seconds / 1e9;
  return {
    workload,
    mode,
    threads,
    seconds: own.seconds,
    peerSeconds: peer?.seconds ?? null,
    ratio: peer ? own.seconds / peer.seconds : null,
    peakRssBytes: own.peakRssBytes,
    peerPeakRssBytes: peer?.peakRssBytes ?? null,
    rssRatio: peer ? own.peakRssBytes / peer.peakRssBytes : null,
    gflops,
    peakGflops,
    share: gflops / peakGflops,
    parameters,
    peer: peer?.name ?? null,
  };
}

/** One JSON object a line. */
export const rowJson = (row: Row): string => JSON.stringify(row);

const orNone = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** A table for people. */
export function rowTable(rows: readonly Row[]): string {
  const head = ["", "mode", "ours, s", "peer, s", "ratio", "ours, MB", "peer, MB", "ratio", "GFLOP/s", "of peak"];
  const lines = rows.map((r) => [
    r.workload,
    r.mode,
    r.seconds.toFixed(4),
    orNone(r.peerSeconds, (s) => s.toFixed(4)),
    orNone(r.ratio, (v) => v.toFixed(2)),
    megabytes(r.peakRssBytes),
    orNone(r.peerPeakRssBytes, megabytes),
    orNone(r.rssRatio, (v) => v.toFixed(2)),
    r.gflops.toFixed(1),
    `${(100 * r.share).toFixed(0)} % of ${r.peakGflops.toFixed(0)}`,
  ]);
  const peers = rows.flatMap((r) => (r.peer === null ? [] : [`${r.workload} ${r.mode}: ${r.peer}`]));
  return [
    ...alignColumns([head, ...lines]),
    "",
    `ratio = ours ÷ peer: seconds of a step (median of steps taken in turn), then peak resident memory; ${rows[0]?.threads} threads.`,
    ...(peers.length > 0 ? [`peers: ${peers.join(" · ")}`] : []),
  ].join("\n");
}
