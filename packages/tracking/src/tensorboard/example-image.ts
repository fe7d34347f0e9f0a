import type { Example, SpectralArray } from "@spectrai/core";
import { type LinePlot, linePlotImage, type LineSeries, roles } from "@spectrai/report";
import { encode } from "fast-png";

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** A PNG with input, target and output of an example as lines; undefined where the output is no spectrum or cube. */
export function exampleImage(example: Example, size: ImageSize): Uint8Array | undefined {
  const plot = examplePlot(example);
  if (!plot) return undefined;
  const { width, height, data } = linePlotImage(plot, size);
  return encode({ width, height, data, channels: 4, depth: 8 });
}

const axisLabels: Readonly<Record<string, string>> = {
  "cm-1": "Wavenumber",
  nm: "Wavelength",
  um: "Wavelength",
  eV: "Energy",
  index: "Point",
};

/** The lines of an example; of a cube, its middle pixel. */
export function examplePlot({ sample, output }: Example): LinePlot | undefined {
  const { input, target } = sample;
  if (target.kind !== "spectral" || output.shape.at(-1) !== target.value.axis.values.length) return undefined;
  const { axis } = target.value;
  const line = (name: string, array: SpectralArray, rest: Pick<LineSeries, "tone" | "style">): LineSeries => ({
    name,
    x: array.axis.values,
    y: middleSpectrum(array),
    ...rest,
  });
  const where = input.shape.length > 1 ? ", middle pixel" : "";
  return {
    title: `${sample.id}${where}`,
    x: { label: axisLabels[axis.unit] ?? "Axis", unit: axis.unit },
    series: [
      ...(input.axis.unit === axis.unit ? [line("input", input, { tone: roles.input, style: "faint" })] : []),
      line("target", target.value, { tone: roles.target }),
      line("output", { ...target.value, data: output.data, shape: output.shape }, { tone: roles.network }),
    ],
  };
}

/** The spectrum itself, or the one in the middle of a cube's rows and columns. */
function middleSpectrum({ data, shape }: Pick<SpectralArray, "data" | "shape">): ArrayLike<number> {
  const points = shape.at(-1)!;
  const pixel = shape.slice(0, -1).reduce((at, size) => at * size + (size >> 1), 0);
  return data.subarray(pixel * points, (pixel + 1) * points);
}
