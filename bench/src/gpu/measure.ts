import { operations } from "../networks/products.ts";
import { smallWorkloads, type Workload, type WorkloadName, workloads } from "../networks/workloads.ts";
import { median } from "../onednn/measure.ts";
import { bottleneckOf, sharesOf } from "./bottleneck.ts";
import { publishedPeak } from "./peaks.ts";
import type { DeviceReport, GpuRow } from "./report.ts";
import type { Bandwidth, Counted, DispatchTimes, Layout, Opened, Precision, Rate, Steps } from "./setting.ts";
import type { GpuSide } from "./sides.ts";

const giga = ({ amount, seconds }: Rate): number => amount / seconds / 1e9;
const productRepeats = 3;

/** What the devices of sides without a workload can do: the best of several tries. Sides of one name make one report. */
export async function measureDevices(sides: readonly GpuSide[]): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const name of new Set(sides.map((side) => side.name))) {
    const same = sides.filter((side) => side.name === name);
    const [side] = same as [GpuSide];
    const productGflops: Partial<Record<Precision, number>> = {};
    for (const each of same)
      for (const precision of each.precisions)
        for (let i = 0; i < productRepeats; i++)
          productGflops[precision] = Math.max(
            productGflops[precision] ?? 0,
            giga(await each.ask<Rate>("product", precision)),
          );
    const { copy, elementwise } = await side.ask<Bandwidth>("bandwidth");
    const { empty, smallest } = await side.ask<DispatchTimes>("dispatch");
    const { card, versions, software } = side.hello;
    reports.push({
      side: name,
      card,
      versions,
      software,
      published: (!software && publishedPeak(card)) || null,
      productGflops,
      copyGigabytes: copy && giga(copy),
      elementwiseGigabytes: giga(elementwise),
      emptyDispatchSeconds: empty,
      smallestOperationSeconds: smallest,
    });
  }
  return reports;
}

/** A network on one side in one precision and layout. */
interface Contender {
  readonly side: GpuSide;
  readonly precision: Precision;
  readonly layout: Layout;
  readonly opened: Opened;
  /** Steps that are ordered together. */
  readonly queue: number;
}

/** Counts several steps, of which the median time counts. */
async function count(side: GpuSide, precision: Precision, layout: Layout, times: number): Promise<Counted> {
  const counts: Counted[] = [];
  for (let i = 0; i < times; i++) counts.push(await side.ask<Counted>("count", precision, layout));
  const seconds = counts.flatMap((c) => c.deviceSeconds ?? []);
  return { ...counts.at(-1)!, deviceSeconds: seconds.length > 0 ? median(seconds) : null };
}

/** So many steps that they take a moment, for the wait at the end not to count. */
const queueFor = (seconds: number): number => Math.min(50, Math.max(3, Math.round(0.3 / seconds)));

async function openAll(sides: readonly GpuSide[], layouts: readonly Layout[]): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const side of sides)
    for (const precision of side.precisions)
      for (const layout of side.name === "pytorch" ? layouts : (["contiguous"] as const)) {
        const opened = await side.ask<Opened>("open", precision, layout);
        contenders.push({ side, precision, layout, opened, queue: queueFor(Math.min(...opened.warmSeconds)) });
      }
  return contenders;
}

/**
 * Times one workload: steps of all sides in turn, single ones and queues.
 *
 * @param devices - what {@link measureDevices} gave for the same sides
 * @throws Error where a side ends, or has another number of parameters than the first
 */
export async function measureWorkload(
  name: WorkloadName,
  small: boolean,
  sides: readonly GpuSide[],
  devices: readonly DeviceReport[],
  repeat: number,
): Promise<GpuRow[]> {
  const work: Workload = (small ? smallWorkloads : workloads)[name];
  const contenders = await openAll(sides, work.channelsLast ? ["contiguous", "channels_last"] : ["contiguous"]);
  const [{ parameters }] = contenders.map((c) => c.opened) as [Opened];
  for (const { side, opened } of contenders)
    if (opened.parameters !== parameters)
      throw new Error(
        `${name} is not the same network on all sides: one has ${parameters} parameters, that of ${side.name} ${opened.parameters}.`,
      );
  const single: Steps[][] = contenders.map(() => []);
  const queued: Steps[][] = contenders.map(() => []);
  for (let turn = 0; turn < repeat; turn++)
    for (const [i, { side, precision, layout, queue }] of contenders.entries()) {
      single[i]!.push(await side.ask<Steps>({ steps: 1 }, precision, layout));
      queued[i]!.push(await side.ask<Steps>({ steps: queue }, precision, layout));
    }
  const rows: Omit<GpuRow, "ratio">[] = [];
  for (const [i, { side, precision, layout, opened }] of contenders.entries()) {
    const counted = await count(side, precision, layout, Math.min(3, repeat));
    const device = devices.find((d) => d.side === side.name)!;
    const productGflops = device.productGflops[precision]!;
    const queuedSeconds = median(queued[i]!.map((q) => q.seconds));
    const step = {
      ...counted,
      queuedSeconds,
      hostSeconds: median(single[i]!.map((s) => s.hostSeconds)),
      operations: operations(work.products, true),
    };
    const shares = sharesOf(step, {
      productRate: 1e9 * productGflops,
      bandwidth: 1e9 * Math.max(device.copyGigabytes ?? 0, device.elementwiseGigabytes),
      dispatchSeconds: device.emptyDispatchSeconds ?? device.smallestOperationSeconds,
    });
    const gflops = step.operations / queuedSeconds / 1e9;
    rows.push({
      workload: name,
      side: side.name,
      precision,
      layout,
      parameters,
      firstStepSeconds: opened.firstSeconds,
      warmUpSeconds: opened.warmSeconds.reduce((sum, s) => sum + s, 0),
      seconds: median(single[i]!.map((s) => s.seconds)),
      ...step,
      gflops,
      shareOfProduct: gflops / productGflops,
      shareOfPublished: precision === "f32" && device.published ? gflops / 1e3 / device.published.teraflops : null,
      shares,
      // A processor is launched by no one.
      bottleneck: side.hello.software ? null : bottleneckOf(shares),
    });
  }
  return rows.map((row) => {
    const peers = rows.filter((r) => r.side === "pytorch" && r.precision === row.precision);
    const best = Math.min(...peers.map((r) => r.queuedSeconds));
    return { ...row, ratio: row.side === "pytorch" || peers.length === 0 ? null : row.queuedSeconds / best };
  });
}
