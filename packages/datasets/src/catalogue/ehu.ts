/** The scenes that M. Graña, M. A. Veganzons and B. Ayerdi collected at the University of the Basque Country. */
import { type CatalogueEntry, type CatalogueFile, sceneSplits } from "./entry.ts";

const page = "https://www.ehu.eus/ccwintco/index.php/Hyperspectral_Remote_Sensing_Scenes";
const licence = "not stated";

const file = (path: string): CatalogueFile => ({
  name: path.split("/").at(-1)!,
  url: `https://www.ehu.eus/ccwintco/uploads/${path}`,
});

const noAxis =
  "The file has no wavelengths, and bands have been left out unevenly: bands are numbered, which `axis` of the recipe can change.";

const salinasClasses = [
  "Brocoli green weeds 1",
  "Brocoli green weeds 2",
  "Fallow",
  "Fallow rough plow",
  "Fallow smooth",
  "Stubble",
  "Celery",
  "Grapes untrained",
  "Soil vinyard develop",
  "Corn senesced green weeds",
  "Lettuce romaine 4wk",
  "Lettuce romaine 5wk",
  "Lettuce romaine 6wk",
  "Lettuce romaine 7wk",
  "Vinyard untrained",
  "Vinyard vertical trellis",
];

interface Scene extends Pick<CatalogueEntry, "name" | "title" | "about" | "shape" | "sensor" | "axis" | "citation"> {
  readonly classes: readonly string[];
  readonly cube: CatalogueFile;
  readonly labels: CatalogueFile;
  readonly variables: readonly [cube: string, labels: string];
  readonly even?: true;
  readonly notes?: readonly string[];
}

const scene = ({ cube, labels, variables, even, notes = [], ...facts }: Scene): CatalogueEntry => ({
  ...facts,
  data: "cube",
  files: [cube, labels],
  page,
  licence,
  recipe: {
    name: "cubes",
    input: cube.name,
    target: labels.name,
    variable: variables[0],
    targetVariable: variables[1],
    classNames: [...facts.classes],
    ...(even ? { axis: { unit: facts.axis.unit, start: facts.axis.first, stop: facts.axis.last } } : {}),
  },
  splits: sceneSplits,
  notes: [even ? "The file has no wavelengths: the range is taken as evenly spaced." : noAxis, ...notes],
});

const aviris = "AVIRIS (NASA JPL), airborne";

export const ehuScenes: readonly CatalogueEntry[] = [
  scene({
    name: "indian-pines",
    title: "Indian Pines",
    about: "Fields and forest in Indiana in June 1992: crops early in their growth, over much bare soil.",
    shape: "145 × 145 × 200",
    sensor: aviris,
    axis: { unit: "nm", first: 400, last: 2500, points: 200 },
    classes: [
      "Alfalfa",
      "Corn-notill",
      "Corn-mintill",
      "Corn",
      "Grass-pasture",
      "Grass-trees",
      "Grass-pasture-mowed",
      "Hay-windrowed",
      "Oats",
      "Soybean-notill",
      "Soybean-mintill",
      "Soybean-clean",
      "Wheat",
      "Woods",
      "Buildings-Grass-Trees-Drives",
      "Stone-Steel-Towers",
    ],
    cube: file("6/67/Indian_pines_corrected.mat"),
    labels: file("c/c4/Indian_pines_gt.mat"),
    variables: ["indian_pines_corrected", "indian_pines_gt"],
    citation:
      "M. F. Baumgardner, L. L. Biehl, D. A. Landgrebe, 220 Band AVIRIS Hyperspectral Image Data Set: June 12, 1992 Indian Pine Test Site 3, Purdue University Research Repository (2015), doi:10.4231/R7RX991C",
    notes: [
      "20 of 220 bands, of water absorption, are left out. Classes are uneven: 20 pixels of oats, 2455 of soybean.",
    ],
  }),
  scene({
    name: "pavia-university",
    title: "Pavia University",
    about: "The university's buildings, roads, trees and meadows at 1.3 m.",
    shape: "610 × 340 × 103",
    sensor: "ROSIS (DLR), airborne",
    axis: { unit: "nm", first: 430, last: 860, points: 103 },
    classes: [
      "Asphalt",
      "Meadows",
      "Gravel",
      "Trees",
      "Painted metal sheets",
      "Bare Soil",
      "Bitumen",
      "Self-Blocking Bricks",
      "Shadows",
    ],
    cube: file("e/ee/PaviaU.mat"),
    labels: file("5/50/PaviaU_gt.mat"),
    variables: ["paviaU", "paviaU_gt"],
    even: true,
    citation:
      "P. Gamba, A collection of data for urban area characterization, IGARSS 2004, doi:10.1109/IGARSS.2004.1368947",
  }),
  scene({
    name: "pavia-centre",
    title: "Pavia Centre",
    about: "The centre of Pavia and the river Ticino at 1.3 m; the stripe without data is cut out.",
    shape: "1096 × 715 × 102",
    sensor: "ROSIS (DLR), airborne",
    axis: { unit: "nm", first: 430, last: 860, points: 102 },
    classes: [
      "Water",
      "Trees",
      "Asphalt",
      "Self-Blocking Bricks",
      "Bitumen",
      "Tiles",
      "Shadows",
      "Meadows",
      "Bare Soil",
    ],
    cube: file("e/e3/Pavia.mat"),
    labels: file("5/53/Pavia_gt.mat"),
    variables: ["pavia", "pavia_gt"],
    even: true,
    citation:
      "P. Gamba, A collection of data for urban area characterization, IGARSS 2004, doi:10.1109/IGARSS.2004.1368947",
    notes: ["Left and right of the cut-out stripe do not join: windows across column 223 see a seam."],
  }),
  scene({
    name: "salinas",
    title: "Salinas Valley",
    about: "Vegetables, bare soil and vineyards in California at 3.7 m.",
    shape: "512 × 217 × 204",
    sensor: aviris,
    axis: { unit: "nm", first: 400, last: 2500, points: 204 },
    classes: salinasClasses,
    cube: file("a/a3/Salinas_corrected.mat"),
    labels: file("f/fa/Salinas_gt.mat"),
    variables: ["salinas_corrected", "salinas_gt"],
    citation:
      "M. Graña, M. A. Veganzons, B. Ayerdi, Hyperspectral Remote Sensing Scenes, University of the Basque Country",
    notes: ["Radiance. 20 of 224 bands, of water absorption, are left out."],
  }),
  scene({
    name: "salinas-a",
    title: "Salinas-A",
    about: "A small part of Salinas Valley with six of its classes.",
    shape: "83 × 86 × 204",
    sensor: aviris,
    axis: { unit: "nm", first: 400, last: 2500, points: 204 },
    classes: salinasClasses.slice(0, 14),
    cube: file("1/1a/SalinasA_corrected.mat"),
    labels: file("a/aa/SalinasA_gt.mat"),
    variables: ["salinasA_corrected", "salinasA_gt"],
    citation:
      "M. Graña, M. A. Veganzons, B. Ayerdi, Hyperspectral Remote Sensing Scenes, University of the Basque Country",
    notes: ["Labels are those of the whole scene: only 1 and 10 to 14 occur."],
  }),
  scene({
    name: "ksc",
    title: "Kennedy Space Center",
    about: "Wetlands, marshes and forest in Florida in March 1996 at 18 m.",
    shape: "512 × 614 × 176",
    sensor: aviris,
    axis: { unit: "nm", first: 400, last: 2500, points: 176 },
    classes: [
      "Scrub",
      "Willow swamp",
      "Cabbage palm hammock",
      "Cabbage palm/oak hammock",
      "Slash pine",
      "Oak/broadleaf hammock",
      "Hardwood swamp",
      "Graminoid marsh",
      "Spartina marsh",
      "Cattail marsh",
      "Salt marsh",
      "Mud flats",
      "Water",
    ],
    cube: file("2/26/KSC.mat"),
    labels: file("a/a6/KSC_gt.mat"),
    variables: ["KSC", "KSC_gt"],
    citation:
      "J. Ham, Y. Chen, M. M. Crawford, J. Ghosh, Investigation of the random forest framework for classification of hyperspectral data, IEEE TGRS 43 (2005) 492, doi:10.1109/TGRS.2004.842481",
    notes: ["48 of 224 bands, of water absorption and low signal, are left out."],
  }),
  scene({
    name: "botswana",
    title: "Botswana",
    about: "Swamps and drier woodlands of the Okavango Delta, 2001, at 30 m.",
    shape: "1476 × 256 × 145",
    sensor: "Hyperion (NASA EO-1), satellite",
    axis: { unit: "nm", first: 400, last: 2500, points: 145 },
    classes: [
      "Water",
      "Hippo grass",
      "Floodplain grasses 1",
      "Floodplain grasses 2",
      "Reeds",
      "Riparian",
      "Firescar",
      "Island interior",
      "Acacia woodlands",
      "Acacia shrublands",
      "Acacia grasslands",
      "Short mopane",
      "Mixed mopane",
      "Exposed soils",
    ],
    cube: file("7/72/Botswana.mat"),
    labels: file("5/58/Botswana_gt.mat"),
    variables: ["Botswana", "Botswana_gt"],
    citation:
      "J. Ham, Y. Chen, M. M. Crawford, J. Ghosh, Investigation of the random forest framework for classification of hyperspectral data, IEEE TGRS 43 (2005) 492, doi:10.1109/TGRS.2004.842481",
    notes: ["Bands 10–55, 82–97, 102–119, 134–164 and 187–220 of 242 are there."],
  }),
];
