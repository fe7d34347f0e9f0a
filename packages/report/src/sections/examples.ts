import { formatNumber } from "../format.ts";
import { markup, type Markup } from "../markup.ts";
import { numberAt, type Numbers } from "../numbers.ts";
import { roles, type LineSeries, type PlotAxis } from "../plot/line-plot.ts";
import { renderBlock } from "../render-block.ts";
import type { AxisData, ExampleData, ReportData } from "../report-data.ts";

/**
 * Example spectra, one under the other; the page's script makes tabs of them. Each has the spectra and, below on the
 * same axis, what is left of output and baseline when the target is taken away.
 */
export function examplesMarkup({ examples = [], methods = [] }: ReportData): Markup | undefined {
  if (examples.length === 0) return undefined;
  const network = methods.find((m) => m.kind === "network")?.name ?? "network";
  return markup`<div class="tabs">${examples.map((e) => exampleMarkup(e, network))}</div>`;
}

function exampleMarkup(example: ExampleData, network: string): Markup {
  const { id, label, axis, input, target, output, baseline, errors, quantity = "Intensity" } = example;
  const targetAxis = example.targetAxis ?? axis;
  const x = plotAxis(targetAxis);
  const line = (name: string, y: Numbers, on: AxisData, role: keyof typeof roles): LineSeries => ({
    name,
    x: on.values,
    y,
    tone: roles[role],
    style: role === "input" ? "faint" : role === "baseline" ? "dashed" : "solid",
  });
  const series = [
    ...(input ? [line("input", input, axis, "input")] : []),
    ...(target ? [line("target", target, targetAxis, "target")] : []),
    ...(baseline ? [line(baseline.name, baseline.values, targetAxis, "baseline")] : []),
    line(network, output, targetAxis, "network"),
  ];
  const spectra = renderBlock({ kind: "lines", plot: { x, y: { label: quantity }, series } });
  const residuals =
    target &&
    renderBlock({
      kind: "lines",
      height: 170,
      alt: `Residuals of ${id}: ${network} minus target${baseline ? ` and ${baseline.name} minus target` : ""}.`,
      plot: {
        x,
        y: { label: "Difference from the target" },
        series: [
          ...(baseline ? [line(baseline.name, difference(baseline.values, target), targetAxis, "baseline")] : []),
          line(network, difference(output, target), targetAxis, "network"),
        ],
      },
    });
  const values = Object.entries(errors ?? {}).map(([name, value]) => `${name} ${formatNumber(value ?? NaN, 3)}`);
  return markup`<section class="tab" data-tab="${label}"><h3>${label}: <span class="id">${id}</span></h3>${
    values.length > 0 && markup`<p class="muted">Error: ${values.join(" · ")}</p>`
  }${spectra}${residuals}</section>`;
}

const plotAxis = ({ name, unit }: AxisData): PlotAxis => ({
  label: name ?? (unit === "index" || unit === undefined ? "Point" : "Axis"),
  ...(unit !== undefined && { unit }),
});

const difference = (a: Numbers, b: Numbers): Float64Array =>
  Float64Array.from({ length: Math.min(a.length, b.length) }, (_, i) => numberAt(a, i) - numberAt(b, i));
