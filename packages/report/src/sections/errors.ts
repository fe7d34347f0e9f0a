import type { Block, Section } from "../blocks.ts";
import { formatNumber } from "../format.ts";
import { extentOf, quantile, sortedFinite } from "../numbers.ts";
import { roles, type Tone } from "../plot/line-plot.ts";
import type { ReportData } from "../report-data.ts";
import type { Verdict } from "../verdict.ts";

const cycle: readonly Tone[] = ["green", "purple", "red", "teal"];

/** How errors spread over the test samples, and where on the axis they are. */
export function errorsSection({ errors, pointErrors }: ReportData, verdict: Verdict): Section | undefined {
  let others = 0;
  const tone = (method: { readonly name: string; readonly kind: string }): Tone =>
    method.kind === "network"
      ? roles.network
      : method.name === verdict.bestBaseline?.name
        ? roles.baseline
        : cycle[others++ % cycle.length]!;
  const blocks: Block[] = [];
  if (errors && errors.methods.length > 0) {
    const range = extentOf(errors.methods.map((m) => m.values));
    const log = range !== undefined && range.low > 0 && range.high / range.low > 10;
    const unit = errors.unit === undefined ? {} : { unit: errors.unit };
    others = 0;
    blocks.push(
      {
        kind: "histogram",
        caption: `${errors.label} of each test sample${log ? ", on a logarithmic axis" : ""}; dashed lines are medians.`,
        histogram: {
          x: { label: `${errors.label} of a test sample`, scale: log ? "log" : "linear", ...unit },
          groups: errors.methods.map((m) => ({ name: m.name, values: m.values, tone: tone(m) })),
        },
      },
      {
        kind: "table",
        columns: [
          { label: "Method" },
          ...["5 %", "25 %", "median", "75 %", "95 %", "worst"].map((label) => ({
            label,
            ...unit,
            digits: 3,
            better: "lower" as const,
          })),
        ],
        rows: errors.methods.map((m) => {
          const sorted = sortedFinite(m.values);
          return [m.name, ...[0.05, 0.25, 0.5, 0.75, 0.95, 1].map((q) => quantile(sorted, q))];
        }),
        caption: `Quantiles of the ${errors.label} over the test samples.`,
        highlight: errors.methods.findIndex((m) => m.kind === "network"),
      },
    );
  }
  if (pointErrors && pointErrors.methods.length > 0) {
    const { axis, label, methods } = pointErrors;
    const range = extentOf(methods.map((m) => m.values));
    const log = range !== undefined && range.low > 0 && range.high / range.low > 30;
    others = 0;
    blocks.push({
      kind: "lines",
      caption: `${label} over all test samples at each point of the axis${log ? ", on a logarithmic axis" : ""}.${worstPoint(pointErrors)}`,
      plot: {
        x: { label: axis.name ?? "Point", ...(axis.unit !== undefined && { unit: axis.unit }) },
        y: { label, scale: log ? "log" : "linear", ...(!log && range && range.low >= 0 && { low: 0 }) },
        series: methods.map((m) => ({
          name: m.name,
          x: axis.values,
          y: m.values,
          tone: tone(m),
          style: m.kind === "network" ? ("solid" as const) : ("dashed" as const),
        })),
      },
    });
    const { range: peak } = pointErrors;
    others = 0;
    if (peak !== undefined && peak > 0)
      blocks.push({
        kind: "lines",
        caption: `Peak signal-to-noise ratio over all test samples at each point of the axis, against the range ${formatNumber(peak)} of the targets.`,
        plot: {
          x: { label: axis.name ?? "Point", ...(axis.unit !== undefined && { unit: axis.unit }) },
          y: { label: "PSNR", unit: "dB" },
          series: methods.map((m) => ({
            name: m.name,
            x: axis.values,
            y: Array.from(m.values, (rmse) => (rmse !== null && rmse > 0 ? 20 * Math.log10(peak / rmse) : null)),
            tone: tone(m),
            style: m.kind === "network" ? ("solid" as const) : ("dashed" as const),
          })),
        },
      });
  }
  return blocks.length > 0 ? { title: "Where the errors are", blocks } : undefined;
}

function worstPoint({ axis, methods }: NonNullable<ReportData["pointErrors"]>): string {
  const network = methods.find((m) => m.kind === "network");
  const worst = network && extentOf([network.values])?.high;
  if (!network || worst === undefined) return "";
  const at = axis.values[Array.prototype.indexOf.call(network.values, worst)];
  return typeof at === "number" ? ` The network's largest is ${formatNumber(worst, 3)}, at ${formatNumber(at)}.` : "";
}
