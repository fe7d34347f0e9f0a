/**
 * Raman bands of what a cell is made of, in the fingerprint region.
 *
 * Positions and assignments are published ones:
 *
 * - `M`: Z. Movasaghi, S. Rehman, I. U. Rehman, "Raman spectroscopy of biological tissues", Appl. Spectrosc. Rev. 42 (2007) 493.
 * - `N`: I. Notingher, L. L. Hench, "Raman microspectroscopy: a noninvasive tool for studies of individual living cells
 *   in vitro", Expert Rev. Med. Devices 3 (2006) 215.
 * - `G`: J. De Gelder, K. De Gussem, P. Vandenabeele, L. Moens, "Reference database of Raman spectra of biological
 *   molecules", J. Raman Spectrosc. 38 (2007) 1133.
 * - `W`: D. M. Carey, G. M. Korenowski, "Measurement of the Raman spectrum of liquid water", J. Chem. Phys. 108 (1998) 2669.
 *
 * Widths and relative heights are tabulated by none of them. They are rounded, typical values: sharp for ring breathing,
 * broad for amide bands, which sum over many conformations, and for water. They make a cell-like mixture, not a
 * quantitative reference of any one substance.
 */
export interface Band {
  /** cm⁻¹ */
  readonly position: number;
  /** Full width at half maximum of the Lorentzian part, cm⁻¹. */
  readonly lorentzian: number;
  /** Full width at half maximum of the inhomogeneous Gaussian part, cm⁻¹, without the instrument's. */
  readonly gaussian: number;
  /** Height relative to the constituent's strongest band. */
  readonly height: number;
  readonly assignment: string;
  readonly source: string;
}

export interface Constituent {
  readonly name: string;
  /** Height of its strongest band in an average cell, relative to the bending band of the water around it. */
  readonly abundance: number;
  readonly bands: readonly Band[];
}

type Row = readonly [
  position: number,
  lorentzian: number,
  gaussian: number,
  height: number,
  assignment: string,
  source: string,
];
const bands = (rows: readonly Row[]): readonly Band[] =>
  rows.map(([position, lorentzian, gaussian, height, assignment, source]) => ({
    position,
    lorentzian,
    gaussian,
    height,
    assignment,
    source,
  }));

// prettier-ignore
export const constituents: readonly Constituent[] = [
  { name: "water", abundance: 1, bands: bands([
    [ 460, 40, 200, 0.45, "libration and hydrogen-bond stretching", "W"],
    [ 720, 40, 280, 0.35, "libration", "W"],
    [1640, 20,  80, 1.00, "bending", "M, W"],
  ]) },
  { name: "protein", abundance: 0.3, bands: bands([
    [ 621,  8,  0, 0.12, "phenylalanine, C-C twist", "M"],
    [ 643,  8,  0, 0.12, "tyrosine, C-C twist", "M"],
    [ 757, 10,  0, 0.18, "tryptophan, ring breathing", "M"],
    [ 830, 12,  0, 0.18, "tyrosine, Fermi doublet", "M, G"],
    [ 853, 12,  0, 0.25, "tyrosine, ring breathing; proline", "M"],
    [ 937, 18,  8, 0.25, "C-C of the backbone, α-helix", "M"],
    [1003,  5,  0, 0.75, "phenylalanine, ring breathing", "M, N"],
    [1031,  8,  0, 0.22, "phenylalanine, C-H in-plane bend", "M"],
    [1126, 16,  8, 0.28, "C-N stretch", "M"],
    [1158, 14,  0, 0.14, "C-C and C-N stretch", "M"],
    [1174, 10,  0, 0.12, "tyrosine and phenylalanine, C-H bend", "M"],
    [1208, 12,  0, 0.22, "tryptophan, phenylalanine, C-C6H5 stretch", "M"],
    [1240, 20, 25, 0.42, "amide III, β-sheet and coil", "M"],
    [1270, 20, 25, 0.40, "amide III, α-helix", "M"],
    [1338, 18, 16, 0.45, "C-H deformation, tryptophan", "M"],
    [1449, 14, 12, 0.80, "CH2 and CH3 bending", "M, N"],
    [1552, 12,  0, 0.16, "tryptophan, C=C stretch", "M"],
    [1585, 10,  0, 0.10, "phenylalanine, C=C stretch", "M"],
    [1605, 10,  0, 0.18, "phenylalanine and tyrosine, ring C=C stretch", "M"],
    [1617, 10,  0, 0.18, "tyrosine and tryptophan, C=C stretch", "M"],
    [1657, 18, 32, 1.00, "amide I, α-helix", "M, N"],
  ]) },
  { name: "lipid", abundance: 0.18, bands: bands([
    [ 701, 10,  0, 0.10, "cholesterol, sterol ring", "M"],
    [ 718,  9,  0, 0.22, "choline, C-N symmetric stretch", "M, G"],
    [ 875, 16,  0, 0.18, "choline, C-N antisymmetric stretch", "M"],
    [1064, 12,  4, 0.40, "C-C stretch, trans chains", "M"],
    [1081, 18,  8, 0.38, "C-C stretch, gauche chains; PO2", "M"],
    [1128, 12,  4, 0.35, "C-C stretch, trans chains", "M"],
    [1266, 14,  6, 0.35, "=C-H in-plane bend", "M"],
    [1301, 12,  6, 0.70, "CH2 twist", "M"],
    [1440, 14, 10, 1.00, "CH2 bending", "M"],
    [1657, 12,  4, 0.60, "C=C stretch", "M"],
    [1740, 18,  8, 0.16, "ester C=O stretch", "M"],
  ]) },
  { name: "nucleic-acid", abundance: 0.1, bands: bands([
    [ 669, 10,  0, 0.22, "guanine and thymine, ring breathing", "M, N"],
    [ 728,  9,  0, 0.40, "adenine, ring breathing", "M, N"],
    [ 785, 10,  4, 1.00, "cytosine, thymine and uracil, ring breathing; O-P-O", "M, N"],
    [ 811, 12,  0, 0.30, "O-P-O stretch, RNA", "M, N"],
    [1092, 14,  8, 0.70, "PO2 symmetric stretch", "M, N"],
    [1240, 20, 10, 0.25, "PO2 antisymmetric stretch", "M"],
    [1320, 14,  4, 0.40, "guanine", "M"],
    [1338, 12,  4, 0.60, "adenine", "M"],
    [1375, 14,  6, 0.55, "thymine, adenine and guanine", "M"],
    [1420, 14,  0, 0.25, "deoxyribose", "M"],
    [1485, 12,  4, 0.55, "guanine and adenine", "M"],
    [1577, 10,  4, 0.60, "guanine and adenine", "M, N"],
  ]) },
  { name: "carbohydrate", abundance: 0.05, bands: bands([
    [ 480, 14,  4, 0.90, "glycogen, skeletal deformation", "M, G"],
    [ 577, 14,  0, 0.25, "skeletal deformation", "G"],
    [ 852, 14,  4, 0.55, "C-O-C skeletal", "G"],
    [ 940, 16,  6, 0.85, "polysaccharide skeleton", "M, G"],
    [1048, 16,  6, 0.50, "glycogen", "M"],
    [1084, 18,  8, 0.80, "C-O stretch", "G"],
    [1127, 18,  8, 0.85, "C-O stretch, C-O-H deformation", "G"],
    [1339, 20,  8, 1.00, "C-O-H and C-H2 deformation", "G"],
    [1382, 18,  8, 0.75, "C-H deformation", "G"],
    [1460, 16,  6, 0.60, "C-H2 bending", "G"],
  ]) },
];
