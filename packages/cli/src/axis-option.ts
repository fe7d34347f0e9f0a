import { axisUnits, type AxisUnit, SpectraiError } from "@spectrai/core";

export interface AxisRange {
  readonly start: number;
  readonly stop: number;
  readonly unit: AxisUnit;
}

/** `start:stop:unit`, as in `--axis 500:1800:cm-1`. @throws SPECTRAI_USAGE */
export function parseAxis(text: string): AxisRange {
  const [start, stop, unit] = text.split(":");
  const range = { start: Number(start), stop: Number(stop), unit: unit as AxisUnit };
  const known = (axisUnits as readonly string[]).includes(unit ?? "");
  if (!known || !Number.isFinite(range.start) || !Number.isFinite(range.stop) || range.start === range.stop)
    throw new SpectraiError(
      "SPECTRAI_USAGE",
      `--axis ${text}: write it as start:stop:unit with a unit of ${axisUnits.join(", ")}, for example 500:1800:cm-1.`,
    );
  return range;
}
