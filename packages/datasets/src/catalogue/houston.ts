/** The scenes of the IEEE GRSS data fusion contests over Houston: their files come by request. */
import type { CatalogueEntry } from "./entry.ts";

const citation = (year: string, rest: string): string =>
  `${rest} The organisers ask that the Hyperspectral Image Analysis Lab of the University of Houston and the IEEE GRSS Image Analysis and Data Fusion Technical Committee are acknowledged (${year} contest).`;

export const houstonScenes: readonly CatalogueEntry[] = [
  {
    name: "houston-2013",
    title: "Houston 2013",
    about: "The university's campus and what is around it, June 2012, at 2.5 m; partly in the shadow of a cloud.",
    data: "cube",
    shape: "349 × 1905 × 144",
    sensor: "ITRES CASI-1500, airborne",
    axis: { unit: "nm", first: 380, last: 1050, points: 144 },
    classes: [
      "Healthy grass",
      "Stressed grass",
      "Synthetic grass",
      "Trees",
      "Soil",
      "Water",
      "Residential",
      "Commercial",
      "Road",
      "Highway",
      "Railway",
      "Parking lot 1",
      "Parking lot 2",
      "Tennis court",
      "Running track",
    ],
    files: [{ name: "2013_IEEE_GRSS_DF_Contest_CASI.tif" }, { name: "labels.tif" }],
    page: "https://hyperspectral.ee.uh.edu/?page_id=459",
    manual: [
      "Fill in the form on the page, which leads to the files of the contest.",
      "Put 2013_IEEE_GRSS_DF_Contest_CASI.tif into the folder.",
      "The samples (…_Samples_TR.txt, …_Samples_VA.txt) are ENVI regions of interest: export each in ENVI, or draw its pixels with a script, as an image of 349 × 1905 pixels with the class numbers 1 to 15 and 0 elsewhere: train.tif and test.tif.",
      "Put both, and their sum as labels.tif, into the folder.",
    ],
    licence: "for research, after registration with the organisers",
    citation: citation(
      "2013",
      "C. Debes et al., Hyperspectral and LiDAR data fusion: outcome of the 2013 GRSS data fusion contest, IEEE JSTARS 7 (2014) 2405, doi:10.1109/JSTARS.2014.2305441.",
    ),
    recipe: {
      name: "cubes",
      input: "2013_IEEE_GRSS_DF_Contest_CASI.tif",
      target: "labels.tif",
      axis: { unit: "nm", start: 380, stop: 1050 },
    },
    splits: [
      {
        name: "contest",
        about: "The contest's own training and test samples, which lie apart.",
        split: { name: "mask-file", train: "train.tif", test: "test.tif" },
      },
    ],
    notes: ["The range is taken as evenly spaced."],
  },
  {
    name: "houston-2018",
    title: "Houston 2018",
    about: "The same campus in February 2017 at 1 m, with labels at 0.5 m; the part that was published for training.",
    data: "cube",
    shape: "601 × 2384 × 48",
    sensor: "ITRES CASI-1500, airborne",
    axis: { unit: "nm", first: 380, last: 1050, points: 48 },
    classes: [
      "Healthy grass",
      "Stressed grass",
      "Artificial turf",
      "Evergreen trees",
      "Deciduous trees",
      "Bare earth",
      "Water",
      "Residential buildings",
      "Non-residential buildings",
      "Roads",
      "Sidewalks",
      "Crosswalks",
      "Major thoroughfares",
      "Highways",
      "Railways",
      "Paved parking lots",
      "Unpaved parking lots",
      "Cars",
      "Trains",
      "Stadium seats",
    ],
    files: [{ name: "2018_IEEE_GRSS_DFC_HSI_TR" }, { name: "2018_IEEE_GRSS_DFC_HSI_TR.HDR" }, { name: "labels.tif" }],
    page: "https://hyperspectral.ee.uh.edu/?page_id=1075",
    manual: [
      "Fill in the form on the page, which leads to the files of the contest.",
      "Put 2018_IEEE_GRSS_DFC_HSI_TR and its header .HDR into the folder; the image's last two of 50 bands are empty.",
      "The labels, 2018_IEEE_GRSS_DFC_GT_TR.tif, have half the pixel size (1202 × 4768): keep every second row and column, and save them as labels.tif.",
    ],
    licence: "for research, after registration with the organisers",
    citation: citation(
      "2018",
      "Y. Xu et al., Advanced multi-sensor optical remote sensing for urban land use and land cover classification: outcome of the 2018 IEEE GRSS data fusion contest, IEEE JSTARS 12 (2019) 1709, doi:10.1109/JSTARS.2019.2911113.",
    ),
    recipe: { name: "cubes", input: "2018_IEEE_GRSS_DFC_HSI_TR.HDR", target: "labels.tif" },
    splits: [
      {
        name: "strips",
        about:
          "The left columns for training, the right ones for test; the contest's test labels were never published.",
        split: { name: "strips", direction: "columns", train: 0.6, validation: 0.1, guard: 8 },
      },
    ],
    notes: [],
  },
];
