import type { CatalogueEntry } from "./entry.ts";

const horgan =
  "C. C. Horgan et al., High-throughput molecular imaging via deep-learning-enabled Raman spectroscopy, Anal. Chem. 93 (2021) 15850, doi:10.1021/acs.analchem.1c02178";

export const ramanSets: readonly CatalogueEntry[] = [
  {
    name: "deeper-denoising",
    title: "DeepeR: Raman spectra of breast-cancer cells in pairs",
    about: "172 312 pairs of spectra of the same spot, measured in 0.1 s and in 1 s.",
    data: "spectrum",
    shape: "172312 × 500",
    sensor: "confocal Raman microscope",
    axis: { unit: "cm-1", first: 500, last: 1800, points: 500 },
    files: [{ name: "inputs.mat" }, { name: "outputs.mat" }],
    page: "https://github.com/conor-horgan/DeepeR",
    manual: [
      "Open the data set's link under “Raman spectral denoising” on the page, in a browser.",
      "Put the matrices of inputs and outputs into the folder as inputs.mat and outputs.mat.",
    ],
    licence: "not stated",
    citation: horgan,
    recipe: {
      name: "spectra",
      input: "inputs.mat",
      target: "outputs.mat",
      axis: { unit: "cm-1", start: 500, stop: 1800 },
    },
    splits: [
      {
        name: "block",
        about: "The last rows for test: neighbouring rows are neighbouring pixels of one cell.",
        split: { name: "block", validation: 0.1, test: 0.1 },
      },
    ],
    notes: ["The range is taken as evenly spaced, which it nearly is."],
  },
  {
    name: "deeper-super-resolution",
    title: "DeepeR: Raman images of breast-cancer cells",
    about: "Raman images of single cells, for super-resolution.",
    data: "cube",
    shape: "169 × about 64 × 64 × 500",
    sensor: "confocal Raman microscope",
    axis: { unit: "cm-1", first: 500, last: 1800, points: 500 },
    files: [{ name: "images" }],
    page: "https://github.com/conor-horgan/DeepeR",
    manual: [
      "Open the data set's link under “Hyperspectral super-resolution” on the page, in a browser.",
      "Put the .mat files of the images into the sub-folder images.",
    ],
    licence: "not stated",
    citation: horgan,
    recipe: { name: "cubes", input: "images/**/*.mat", axis: { unit: "cm-1", start: 500, stop: 1800 } },
    splits: [
      { name: "images", about: "Whole cells at random.", split: { name: "random", validation: 0.1, test: 0.1 } },
    ],
    notes: ["The range is taken as evenly spaced, which it nearly is."],
  },
  {
    name: "bacteria-id",
    title: "bacteria-ID",
    about:
      "Raman spectra of 30 isolates of bacteria and yeasts: 2000 for reference, 100 for fine-tuning and 100 for test of each.",
    data: "spectrum",
    shape: "60000 × 1000 (reference)",
    sensor: "Horiba LabRAM HR Evolution, 633 nm",
    axis: { unit: "cm-1", first: 381.98, last: 1792.4, points: 1000 },
    classes: [
      "C. albicans",
      "C. glabrata",
      "K. aerogenes",
      "E. coli 1",
      "E. coli 2",
      "E. faecium",
      "E. faecalis 1",
      "E. faecalis 2",
      "E. cloacae",
      "K. pneumoniae 1",
      "K. pneumoniae 2",
      "P. mirabilis",
      "P. aeruginosa 1",
      "P. aeruginosa 2",
      "MSSA 1",
      "MSSA 3",
      "MRSA 1 (isogenic)",
      "MRSA 2",
      "MSSA 2",
      "S. enterica",
      "S. epidermidis",
      "S. lugdunensis",
      "S. marcescens",
      "S. pneumoniae 2",
      "S. pneumoniae 1",
      "S. sanguinis",
      "Group A Strep.",
      "Group B Strep.",
      "Group C Strep.",
      "Group G Strep.",
    ],
    files: [
      {
        name: "bacteria-id.zip",
        url: "https://www.dropbox.com/sh/gmgduvzyl5tken6/AABtSWXWPjoUBkKyC2e7Ag6Da?dl=1",
        holds: ["X_reference.npy", "y_reference.npy", "wavenumbers.npy", "X_finetune.npy", "X_test.npy"],
      },
    ],
    page: "https://github.com/csho33/bacteria-ID",
    licence: "MIT for the program; for the data not stated",
    citation:
      "C.-S. Ho et al., Rapid identification of pathogenic bacteria using Raman spectroscopy and deep learning, Nat. Commun. 10 (2019) 4927, doi:10.1038/s41467-019-12898-9",
    recipe: {
      name: "spectra",
      input: "X_reference.npy",
      table: "y_reference.npy",
      labels: "data",
      axis: { unit: "cm-1", file: "wavenumbers.npy", variable: "data" },
    },
    splits: [
      {
        name: "stratified",
        about:
          "Of the reference spectra; the publication trains on these, then fine-tunes and tests on the other two parts, measured later.",
        split: { name: "stratified", validation: 0.1, test: 0.1 },
      },
    ],
    notes: [
      "Labels are numbers: the classes in their order. For fine-tuning and test put X_finetune/y_finetune or X_test/y_test in the place of X_reference/y_reference.",
    ],
  },
];
