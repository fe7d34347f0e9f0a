import { alignColumns } from "../table.ts";
import { rule } from "./bottleneck.ts";
import type { DeviceReport, GpuReport, GpuRow } from "./report.ts";

const or = (value: number | null | undefined, format: (value: number) => string, none = "–"): string =>
  value === null || value === undefined ? none : format(value);
const milliseconds = (seconds: number): string => (1000 * seconds).toFixed(2);
const microseconds = (seconds: number): string => (1e6 * seconds).toFixed(1);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const whole = (value: number): string => value.toFixed(0);
const rate = (value: number): string => (value < 10 ? value.toPrecision(2) : whole(value));

const deviceHead = ["", "f32", "tf32", "bf16", "published f32", "copy", "elementwise", "empty dispatch", "smallest op"];
const deviceUnits = ["", "GFLOP/s", "GFLOP/s", "GFLOP/s", "GFLOP/s", "GB/s", "GB/s", "µs", "µs"];

const deviceLine = (d: DeviceReport): string[] => [
  d.side,
  or(d.productGflops.f32, rate),
  or(d.productGflops.tf32, rate),
  or(d.productGflops.bf16, rate),
  or(d.published && 1000 * d.published.teraflops, whole, "unknown"),
  or(d.copyGigabytes, rate),
  rate(d.elementwiseGigabytes),
  or(d.emptyDispatchSeconds, microseconds),
  microseconds(d.smallestOperationSeconds),
];

const rowHead = [
  ["", "", "precision", "layout", "first", "step", "queued", "host", "device", "dispatches", "GFLOP/s"],
  ["of product", "of published", "÷ PyTorch", "bound by"],
].flat();

const rowLine = (r: GpuRow): string[] => [
  r.workload,
  r.side,
  r.precision,
  r.layout,
  milliseconds(r.firstStepSeconds),
  milliseconds(r.seconds),
  milliseconds(r.queuedSeconds),
  milliseconds(r.hostSeconds),
  or(r.deviceSeconds, milliseconds),
  or(r.dispatches, whole),
  rate(r.gflops),
  percent(r.shareOfProduct),
  or(r.shareOfPublished, percent, r.precision === "f32" ? "unknown" : "–"),
  or(r.ratio, (v) => v.toFixed(2)),
  r.bottleneck ?? "–",
];

const shareHead = ["", "", "precision", "layout", "host", "dispatches", "device busy", "arithmetic", "memory"];

const shareLine = ({ workload, side, precision, layout, shares }: GpuRow): string[] => [
  workload,
  side,
  precision,
  layout,
  percent(shares.host),
  or(shares.dispatches, percent),
  or(shares.busy, percent),
  percent(shares.compute),
  or(shares.memory, percent),
];

/** Tables for people. */
export function gpuTable({ devices, rows, repeat, small }: GpuReport): string {
  const cards = devices.map((d) => `${d.side}: ${d.card}${d.software ? " (no graphics card)" : ""}; ${d.versions}`);
  const sources = devices.flatMap((d) => (d.published ? [`${d.side}: ${d.published.source}`] : []));
  return [
    ...cards,
    ...(small ? ["", "The networks are tiny: these are no figures of merit."] : []),
    "",
    "The device: a large matrix product by precision, memory, and what the least work takes",
    ...alignColumns([deviceHead, deviceUnits, ...devices.map(deviceLine)]),
    ...(sources.length > 0 ? [`published: ${sources.join(" · ")}`] : []),
    "",
    "Training steps, in ms",
    ...alignColumns([rowHead, ...rows.map(rowLine)]),
    `step: each waited for; queued: several ordered before the last is waited for; host: of a step that is waited for, until it is ordered; medians of ${repeat}.`,
    "first: the first step, in which pipelines are compiled. GFLOP/s: convolutions and dense layers, both passes, of queued steps.",
    "",
    "What a queued step's time would go to, were each the only one",
    ...alignColumns([shareHead, ...rows.map(shareLine)]),
    "",
    `bound by ${rule}`,
  ].join("\n");
}
