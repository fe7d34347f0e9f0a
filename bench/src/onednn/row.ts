import { alignColumns } from "../table.ts";
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
