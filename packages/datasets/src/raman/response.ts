/**
 * Extinction coefficient k of silicon at 300 K from 500 to 1100 nm in steps of 20 nm: M. A. Green, "Self-consistent optical
 * parameters of intrinsic silicon at 300 K", Sol. Energy Mater. Sol. Cells 92 (2008) 1305.
 */
const k = [
  4.4165e-2, 3.6415e-2, 3.0295e-2, 2.5758e-2, 2.2524e-2, 1.9934e-2, 1.7367e-2, 1.5432e-2, 1.3498e-2, 1.1905e-2,
  1.0528e-2, 9.6257e-3, 8.362e-3, 7.197e-3, 6.3933e-3, 5.4113e-3, 4.6134e-3, 3.9439e-3, 3.2781e-3, 2.6821e-3, 2.1701e-3,
  1.7571e-3, 1.3689e-3, 1.0237e-3, 7.4866e-4, 5.093e-4, 3.2386e-4, 1.8704e-4, 9.3631e-5, 5.3285e-5, 3.0637e-5,
];
const FIRST_NM = 500;
const STEP_NM = 20;

/** Absorption coefficient of silicon, 1/µm, at a wavelength in nm between 500 and 1100: 4πk/λ, ln k interpolated linearly. */
export function siliconAbsorption(wavelength: number): number {
  const at = Math.min(Math.max((wavelength - FIRST_NM) / STEP_NM, 0), k.length - 1);
  const i = Math.min(Math.floor(at), k.length - 2);
  const logK = Math.log(k[i]!) + (at - i) * (Math.log(k[i + 1]!) - Math.log(k[i]!));
  return (4 * Math.PI * Math.exp(logK)) / (wavelength / 1000);
}

/** The wavelength, in nm, of light Raman-shifted by `shift` cm⁻¹ from a laser of wavelength `laser` nm. */
export const ramanWavelength = (shift: number, laser: number): number => 1e7 / (1e7 / laser - shift);

/**
 * What the instrument makes of a flat spectrum, largest value 1 before the ripple: the share of light a silicon layer of
 * `thickness` µm absorbs, 1 − exp(−αd), times the interference ripple (etalon) of a thinned sensor,
 * 1 + a·cos(2πν/P + φ), P in cm⁻¹. It belongs to the pixels, so it does not move with the axis.
 */
export function instrumentResponse(
  shifts: Float64Array,
  options: {
    readonly laser: number;
    readonly thickness: number;
    readonly etalon: number;
    readonly etalonPeriod: number;
    readonly phase: number;
  },
): Float64Array {
  const response = shifts.map(
    (shift) => 1 - Math.exp(-siliconAbsorption(ramanWavelength(shift, options.laser)) * options.thickness),
  );
  const largest = response.reduce((a, b) => Math.max(a, b), 0);
  return response.map(
    (value, i) =>
      (value / largest) *
      (1 + options.etalon * Math.cos((2 * Math.PI * shifts[i]!) / options.etalonPeriod + options.phase)),
  );
}
