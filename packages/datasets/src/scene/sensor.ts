/** h·c/k, in nm·K. */
const secondRadiation = 1.438776877e7;

/** Photons a wavelength interval of a black body at 5778 K, up to a factor. */
const sunlight = (nm: number): number => nm ** -4 / Math.expm1(secondRadiation / (nm * 5778));

/** Where that is largest: 3.92069 = x of x/(1 − e^(−x)) = 4. */
const brightest = sunlight(secondRadiation / (3.920690394872886 * 5778));

/**
 * Bands of water vapour, carbon dioxide and oxygen: centre, standard deviation (nm) and optical depth of a path down and up
 * at a typical resolution. Positions: B.-C. Gao, A. F. H. Goetz, J. Geophys. Res. 95 (1990) 3549; depths are rounded.
 */
const absorptions = [
  [762, 4, 0.4],
  [940, 22, 0.5],
  [1135, 28, 0.7],
  [1385, 35, 3.5],
  [1880, 45, 3.5],
  [2010, 15, 0.3],
] as const;

/** The photons that a white surface sends into a band, 1 at the brightest wavelength of a sun without an atmosphere. */
export const photonShare = (nm: number): number =>
  (sunlight(nm) / brightest) *
  Math.exp(
    -absorptions.reduce(
      (sum, [centre, width, depth]) => sum + depth * Math.exp(-0.5 * ((nm - centre) / width) ** 2),
      0,
    ),
  );

/** Noise of a band, in reflectance: its variance is `shot · reflectance + floor`. */
export interface BandNoise {
  readonly shot: Float64Array;
  readonly floor: Float64Array;
}

/**
 * Shot noise of the photoelectrons and a floor of reading and dark current, for pixels of which a white one gives
 * `electrons` in the brightest band: N = electrons · share electrons for reflectance 1, so that reflectance r has the
 * variance (r·N + floor²) / N².
 */
export function bandNoise(nm: Float64Array, electrons: number, floor: number): BandNoise {
  const shot = nm.map((v) => 1 / (electrons * photonShare(v)));
  return { shot, floor: shot.map((v) => (floor * v) ** 2) };
}
