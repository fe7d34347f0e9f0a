/** Scenes with known shares of materials. */
import { type CatalogueEntry, stripSplit } from "./entry.ts";

const samson = (name: string): { name: string; url: string } => ({
  name,
  url: `https://raw.githubusercontent.com/BehnoodRasti/MiSiCNet/a207f73d8663f38d71685383b324ae0f97f43603/HS%20Data/Samson/${name}`,
});
const borsoi = (name: string): { name: string; url: string } => ({
  name,
  url: `https://raw.githubusercontent.com/ricardoborsoi/MultiscaleKernelSURelease/master/DATA/${name}`,
});

const zhu =
  "F. Zhu, Hyperspectral unmixing: ground truth labeling, datasets, benchmark performances and survey, arXiv:1708.05125 (2017)";
const matrix =
  "The file holds a matrix of bands × pixels without the image's rows and columns, so that it is read as spectra; its shares of materials are for unmixing.";

export const unmixingScenes: readonly CatalogueEntry[] = [
  {
    name: "samson",
    title: "Samson",
    about: "A shore with soil, trees and water, with the share of each in every pixel.",
    data: "cube",
    shape: "95 × 95 × 156",
    sensor: "SAMSON, airborne",
    axis: { unit: "nm", first: 401, last: 889, points: 156 },
    classes: ["Soil", "Tree", "Water"],
    files: [samson("Y_clean.mat"), samson("A_true.mat"), samson("E.mat")],
    page: "https://github.com/BehnoodRasti/MiSiCNet",
    licence: "not stated",
    citation: `${zhu}; B. Rasti, B. Koirala, P. Scheunders, J. Chanussot, MiSiCNet, IEEE TGRS (2022), doi:10.1109/TGRS.2022.3146904`,
    recipe: {
      name: "cubes",
      input: "Y_clean.mat",
      target: "A_true.mat",
      targetAs: "abundance",
      classNames: ["Soil", "Tree", "Water"],
      axis: { unit: "nm", start: 401, stop: 889 },
    },
    splits: [stripSplit],
    notes: ["The class of a pixel is the material with the largest share. The range is taken as evenly spaced."],
  },
  {
    name: "jasper-ridge",
    title: "Jasper Ridge",
    about: "A reserve in California with trees, water, soil and a road.",
    data: "spectrum",
    shape: "100 × 100 × 198",
    sensor: "AVIRIS (NASA JPL), airborne",
    axis: { unit: "nm", first: 380, last: 2500, points: 198 },
    classes: ["Tree", "Water", "Soil", "Road"],
    files: [borsoi("jasperRidge2_R198.mat"), borsoi("end4.mat")],
    page: "https://rslab.ut.ac.ir/data",
    licence: "not stated",
    citation: zhu,
    recipe: { name: "spectra", input: "jasperRidge2_R198.mat", variable: "Y", orientation: "columns" },
    splits: [],
    notes: [matrix, "26 of 224 bands, of water absorption, are left out."],
  },
  {
    name: "urban",
    title: "Urban (Copperas Cove)",
    about: "A suburb in Texas with asphalt, grass, trees and roofs at 2 m.",
    data: "spectrum",
    shape: "307 × 307 × 162",
    sensor: "HYDICE, airborne",
    axis: { unit: "nm", first: 400, last: 2500, points: 162 },
    classes: ["Asphalt", "Grass", "Tree", "Roof", "Metal", "Dirt"],
    files: [borsoi("Urban_R162.mat"), borsoi("end6_groundTruth.mat")],
    page: "https://rslab.ut.ac.ir/data",
    licence: "not stated",
    citation: zhu,
    recipe: { name: "spectra", input: "Urban_R162.mat", variable: "Y", orientation: "columns" },
    splits: [],
    notes: [matrix, "48 of 210 bands, of water absorption and atmosphere, are left out."],
  },
];
