import { alignColumns } from "../table.ts";
import type { LargeCubeFigures, Timing } from "./steps.ts";

const mostMegabytes = 1500;
const leastShare = 0.6;

interface Shares {
  /** Patches' rate over that of plain reading. */
  readonly cold: number;
  readonly warm: number;
}

export const sharesOf = ({ plain, patches }: LargeCubeFigures): Shares => ({
  cold: patches.cold.result.rate / plain.cold.result.rate,
  warm: patches.warm.result.rate / plain.warm.result.rate,
});

/** The largest memory of reading patches, training, and applying. */
const peakOf = ({ patches, train, apply }: LargeCubeFigures): number =>
  Math.max(patches.cold.peakMegabytes, patches.warm.peakMegabytes, train.peakMegabytes, apply.peakMegabytes);

/** Whether memory stays below its limit and patches are read fast enough from the disk. */
export const withinLimits = (figures: LargeCubeFigures): boolean =>
  peakOf(figures) <= mostMegabytes && sharesOf(figures).cold >= leastShare;

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

export function largeCubeTable(f: LargeCubeFigures): string {
  const { options: o, scene, plain, patches, train, apply, agreement } = f;
  const shares = sharesOf(f);
  const timing = (name: string, t: Timing, share?: number): string[] => [
    name,
    `${t.seconds.toFixed(1)} s`,
    `${t.peakMegabytes.toFixed(0)} MB`,
    `${t.result.rate.toFixed(0)} MB/s` + (share === undefined ? "" : `, ${percent(share)} of plain`),
    t.inMemory === null ? "file in memory: not known" : `file in memory before: ${percent(t.inMemory)}`,
  ];
  const step = (name: string, s: { seconds: number; peakMegabytes: number }, what: string): string[] => [
    name,
    `${s.seconds.toFixed(1)} s`,
    `${s.peakMegabytes.toFixed(0)} MB`,
    what,
    "",
  ];
  const rows = [
    ["", "time", "peak memory", "", ""],
    step("scene", scene, scene.result ? `${(f.bytes / 1e9).toFixed(2)} GB written` : "was there already"),
    timing("plain reading, cold", plain.cold),
    timing("plain reading, warm", plain.warm),
    timing(`${o.reads} patches, cold`, patches.cold, shares.cold),
    timing(`${o.reads} patches, warm`, patches.warm, shares.warm),
    step(
      "spectrai train",
      train,
      `${train.result.training.steps} steps in ${train.result.seconds.training.toFixed(1)} s, ${train.result.backend.name}`,
    ),
    step("spectrai apply", apply, `${((o.lines * o.samples) / apply.seconds).toFixed(0)} pixels/s`),
    step(
      "labels",
      agreement,
      `${percent(agreement.result.all)} right, ${percent(agreement.result.unseen)} of unseen rows`,
    ),
  ];
  return [
    `${o.lines} × ${o.samples} × ${o.bands} float32, ${o.interleave}, ${(f.bytes / 1e9).toFixed(2)} GB; patches of ${o.patch} × ${o.patch}; UNet ${o.filters.join(", ")} (${train.result.model.parameters} parameters)`,
    ...alignColumns(rows),
    `Limits: ${mostMegabytes} MB for patches, training and applying; ${percent(leastShare)} of plain reading from the disk: ${withinLimits(f) ? "met" : "MISSED"}.`,
  ].join("\n");
}
