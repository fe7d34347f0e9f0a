/**
 * Reflectance of what a landscape is made of, 400 to 2500 nm, as closed-form curves.
 *
 * Where the features lie, and which way they go, is published:
 *
 * - `G`: D. M. Gates, H. J. Keegan, J. C. Schleter, V. R. Weidner, "Spectral properties of plants", Appl. Opt. 4 (1965) 11:
 *   the green peak, the near-infrared plateau, liquid water.
 * - `H`: D. N. H. Horler, M. Dockray, J. Barber, "The red edge of plant leaf reflectance", Int. J. Remote Sens. 4 (1983) 273.
 * - `C`: P. J. Curran, "Remote sensing of foliar chemistry", Remote Sens. Environ. 30 (1989) 271: chlorophyll at 430–460 and
 *   640–660 nm, water at 970, 1200, 1450 and 1940 nm, lignin and cellulose at 1690, 2100 and 2270–2350 nm.
 * - `E`: C. D. Elvidge, "Visible and near infrared reflectance characteristics of dry plant materials", Int. J. Remote Sens.
 *   11 (1990) 1775.
 * - `S`: E. R. Stoner, M. F. Baumgardner, "Characteristic variations in reflectance of surface soils", Soil Sci. Soc. Am. J.
 *   45 (1981) 1161.
 * - `R`: G. R. Hunt, J. W. Salisbury, "Visible and near-infrared spectra of minerals and rocks: I. Silicate minerals", Mod.
 *   Geol. 1 (1970) 283, and later parts: iron near 500 and 870 nm, OH and H2O near 1400 and 1900 nm, Al-OH at 2200 nm,
 *   carbonate at 2330 nm.
 * - `P`: R. C. Smith, K. S. Baker, "Optical properties of the clearest natural waters (200–800 nm)", Appl. Opt. 20 (1981) 177.
 * - `U`: M. Herold, D. A. Roberts, M. E. Gardner, P. E. Dennison, "Spectrometry for urban area remote sensing", Remote Sens.
 *   Environ. 91 (2004) 304: asphalt, concrete, roofs.
 *
 * Heights and widths are rounded, typical values: the spectra resemble the materials, they are no reference of any one.
 */
export interface Material {
  readonly name: string;
  /** What occurs together: fields of one group share a part. */
  readonly group: "vegetation" | "soil" | "water" | "built";
  /** Letters of the list above. */
  readonly source: string;
  /** Share of light that is reflected at a wavelength in nm. */
  reflectance(nm: number): number;
}

/** 1 with a Gaussian dip of this depth; `width` is its standard deviation. */
const dip = (nm: number, centre: number, width: number, depth: number): number =>
  1 - depth * Math.exp(-0.5 * ((nm - centre) / width) ** 2);

/** From 0 to 1 around `centre`. */
const rise = (nm: number, centre: number, width: number): number => 1 / (1 + Math.exp((centre - nm) / width));

/** Liquid water in leaves: 1 = a fresh leaf. */
const leafWater = (nm: number, amount: number): number =>
  dip(nm, 970, 25, 0.05 * amount) *
  dip(nm, 1200, 35, 0.12 * amount) *
  dip(nm, 1450, 60, 0.6 * amount) *
  dip(nm, 1940, 80, 0.8 * amount) *
  (1 - amount * (0.35 * rise(nm, 1370, 50) + 0.25 * rise(nm, 1880, 50)));

/** Chlorophyll below the red edge, a plateau of height `nir` above it. */
const leaf = (nm: number, red: number, green: number, edge: number, nir: number): number => {
  const visible = red + green * Math.exp(-0.5 * ((nm - 552) / 30) ** 2);
  return visible + (nir - visible) * rise(nm, edge, 13);
};

const oxide = (nm: number, depth: number): number => dip(nm, 500, 50, depth) * dip(nm, 870, 55, 0.6 * depth);

const clay = (nm: number, depth: number): number =>
  dip(nm, 1410, 30, 0.6 * depth) * dip(nm, 1910, 45, depth) * dip(nm, 2205, 28, 0.8 * depth);

export const materials: readonly Material[] = [
  {
    name: "tree",
    group: "vegetation",
    source: "G, H, C",
    reflectance: (nm) => leaf(nm, 0.025, 0.035, 718, 0.38) * leafWater(nm, 1),
  },
  {
    name: "grass",
    group: "vegetation",
    source: "G, H, C",
    reflectance: (nm) => leaf(nm, 0.045, 0.065, 712, 0.5) * leafWater(nm, 0.85),
  },
  {
    name: "dry-grass",
    group: "vegetation",
    source: "E, C",
    reflectance: (nm) =>
      (0.08 + 0.34 * (1 - Math.exp(-(nm - 400) / 450))) *
      dip(nm, 670, 25, 0.06) *
      leafWater(nm, 0.12) *
      dip(nm, 1730, 35, 0.06) *
      dip(nm, 2100, 60, 0.16) *
      dip(nm, 2310, 50, 0.14),
  },
  {
    name: "soil",
    group: "soil",
    source: "S, R",
    reflectance: (nm) => (0.06 + 0.36 * (1 - Math.exp(-(nm - 400) / 700))) * oxide(nm, 0.15) * clay(nm, 0.22),
  },
  {
    name: "water",
    group: "water",
    source: "P",
    reflectance: (nm) => 0.004 + 0.05 * dip(nm, 440, 40, 0.35) * rise(-nm, -590, 35),
  },
  {
    name: "asphalt",
    group: "built",
    source: "U",
    reflectance: (nm) =>
      (0.06 + 0.1 * (1 - Math.exp(-(nm - 400) / 900))) * dip(nm, 1700, 30, 0.02) * dip(nm, 2310, 30, 0.05),
  },
  {
    name: "concrete",
    group: "built",
    source: "U, R",
    reflectance: (nm) =>
      (0.14 + 0.24 * (1 - Math.exp(-(nm - 400) / 220))) *
      dip(nm, 1420, 40, 0.06) *
      dip(nm, 1940, 60, 0.14) *
      dip(nm, 2335, 40, 0.1),
  },
  {
    name: "tile-roof",
    group: "built",
    source: "U, R",
    reflectance: (nm) =>
      (0.05 + 0.27 * rise(nm, 590, 25) + 0.12 * rise(nm, 1100, 130)) * oxide(nm, 0.2) * dip(nm, 1920, 60, 0.06),
  },
  {
    name: "metal-roof",
    group: "built",
    source: "U",
    reflectance: (nm) =>
      0.1 +
      0.16 * Math.exp(-0.5 * ((nm - 465) / 45) ** 2) +
      0.3 * rise(nm, 760, 35) * dip(nm, 1720, 40, 0.15) * dip(nm, 2310, 50, 0.25),
  },
];

export const materialNames = materials.map(({ name }) => name);

/** Reflectances of materials on an axis in nm, `[materials, bands]`. */
export const endmembers = (chosen: readonly Material[], nm: Float64Array): Float64Array =>
  Float64Array.from({ length: chosen.length * nm.length }, (_, i) =>
    chosen[Math.floor(i / nm.length)]!.reflectance(nm[i % nm.length]!),
  );
