import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { figure } from "./numbers.ts";

export interface Line {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface Drawing {
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** A logarithmic vertical axis. */
  readonly log?: boolean;
}

/** What to write along an axis of this unit. Points without a unit are those of a file that says none. */
export const axisLabel = (unit: string): string => (unit === "index" ? "Axis" : unit.replace("cm-1", "cm⁻¹"));

/** Colours of Okabe and Ito, which colour-blind eyes tell apart; each line has its own dashes, too. */
const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];
const dashes: number[][] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];
const height = 280;
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- modules compiled one by one cannot use uPlot's enum
const logarithmic = 3 as uPlot.Scale.Distr;

/** What is drawn in an element, and what of it a further drawing must share to take its place. */
interface Drawn {
  readonly chart: uPlot;
  readonly key: string;
}

const drawnIn = new WeakMap<HTMLElement, Drawn>();
const width = (host: HTMLElement): number => Math.max(240, host.clientWidth);

/** Draws lines into an element, in place of what was drawn there before, and says in words what they show. */
export function draw(host: HTMLElement, drawing: Drawing): void {
  const { x, y, lines, log } = drawing;
  const data = uPlot.join(lines.map((line) => inOrder(line) as unknown as uPlot.AlignedData));
  const key = JSON.stringify([x, y, log, lines.map(({ name }) => name)]);
  const before = drawnIn.get(host);
  if (before?.key === key) before.chart.setData(data);
  else {
    before?.chart.destroy();
    const chart = new uPlot(optionsOf(host, drawing), data, host);
    drawnIn.set(host, { chart, key });
    if (!before)
      new ResizeObserver(() => drawnIn.get(host)!.chart.setSize({ width: width(host), height })).observe(host);
  }
  host.setAttribute("role", "img");
  host.setAttribute("aria-label", `${y} over ${x}. ${lines.map(inWords).join(" ")}`);
}

function optionsOf(host: HTMLElement, { x, y, lines, log = false }: Drawing): uPlot.Options {
  const { color } = getComputedStyle(host);
  const axis = { stroke: color, grid: { stroke: "#8884", width: 1 }, ticks: { stroke: "#8884", width: 1 } };
  return {
    width: width(host),
    height,
    scales: { x: { time: false }, y: log ? { distr: logarithmic } : {} },
    axes: [
      { ...axis, label: x },
      { ...axis, label: y, size: 70 },
    ],
    series: [
      { label: x },
      ...lines.map((line, i) => ({
        label: line.name,
        stroke: colors[i % colors.length]!,
        dash: dashes[i % dashes.length]!,
        width: 1.5,
        spanGaps: true,
      })),
    ],
  };
}

/** As uPlot takes them: from low to high. */
function inOrder({ x, y }: Line): [number[], number[]] {
  const pair: [number[], number[]] = [Array.from(x), Array.from(y)];
  if (pair[0].length > 1 && pair[0][0]! > pair[0].at(-1)!) for (const values of pair) values.reverse();
  return pair;
}

function inWords({ name, x, y }: Line): string {
  let [low, high] = [0, 0];
  for (let i = 1; i < y.length; i++) {
    if (y[i]! < y[low]!) low = i;
    if (y[i]! > y[high]!) high = i;
  }
  return y.length === 0
    ? `${name}: nothing yet.`
    : `${name}: ${y.length} point${y.length === 1 ? "" : "s"}, from ${figure(y[low]!)} at ${figure(x[low]!)} to ${figure(y[high]!)} at ${figure(x[high]!)}.`;
}
