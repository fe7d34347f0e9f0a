import { type Axis, type AxisUnit, makeAxis } from "./axes.ts";
import { SpectraiError } from "./errors.ts";

/** h·c/e in eV·nm, exact in the SI since 2019 (h, c and e are defined). */
const electronvoltNanometres = ((6.62607015e-34 * 299792458) / 1.602176634e-19) * 1e9;

/** To a vacuum wavelength in nm and back; every pair is its own inverse but for micrometres. */
const toNanometres: Readonly<Record<Exclude<AxisUnit, "index">, (value: number) => number>> = {
  nm: (v) => v,
  um: (v) => v * 1000,
  "cm-1": (v) => 1e7 / v,
  eV: (v) => electronvoltNanometres / v,
};
const fromNanometres: typeof toNanometres = { ...toNanometres, um: (v) => v / 1000 };

/**
 * An axis in another unit: wavelength in nm or um, absolute wavenumber in cm-1 (10⁷ / nm), photon energy in eV (hc / λ, of the
 * vacuum wavelength). Between wavelengths and the others its direction turns round. The spectrum's values are not changed: a
 * density per unit of the axis would need the derivative too. A Raman shift is no absolute wavenumber, and to convert it takes the laser's
 * wavelength.
 *
 * @throws SPECTRAI_DATA_AXIS where either is an index, or a value is not above 0
 */
export function convertAxis(axis: Axis, unit: AxisUnit): Axis {
  const from = axis.unit;
  if (from === unit) return axis;
  if (from === "index" || unit === "index")
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `An axis in ${from === "index" ? "points" : from} cannot be converted to ${unit === "index" ? "points" : unit}; give the data an axis in ${unit === "index" ? from : unit}.`,
    );
  const bad = axis.values.find((v) => !(v > 0));
  if (bad !== undefined)
    throw new SpectraiError(
      "SPECTRAI_DATA_AXIS",
      `An axis in ${from} with the value ${bad} cannot be converted to ${unit}, which takes values above 0.`,
    );
  return makeAxis(
    axis.values.map((v) => fromNanometres[unit](toNanometres[from](v))),
    unit,
    axis.name,
  );
}
