import { type CatalogueEntry, stripSplit } from "./entry.ts";

const drive = (id: string): string =>
  `https://drive.usercontent.google.com/download?id=${id}&export=download&confirm=t`;

export const airborneScenes: readonly CatalogueEntry[] = [
  {
    name: "aerorit",
    title: "AeroRIT",
    about: "The campus of the Rochester Institute of Technology at 0.4 m, every pixel labelled.",
    data: "cube",
    shape: "1973 × 3975 × 51",
    sensor: "Headwall Micro Hyperspec E, airborne",
    axis: { unit: "nm", first: 400, last: 900, points: 51 },
    classes: ["Buildings", "Vegetation", "Roads", "Water", "Cars"],
    files: [
      { name: "image_hsi_reflectance.tif", url: drive("1OC-g9RdMxtd2lzyrR5Wvd-ioSg-DLN-l") },
      { name: "image_labels.tif", url: drive("1e7_x887BiCboCKGNYodm8czHoTHxT8ro") },
    ],
    page: "https://github.com/aneesh3108/AeroRIT",
    licence: "not stated",
    citation:
      "A. Rangnekar, N. Mokashi, E. J. Ientilucci, C. Kanan, M. J. Hoffman, AeroRIT: a new scene for hyperspectral image analysis, IEEE TGRS 58 (2020) 8116, doi:10.1109/TGRS.2020.2987199",
    recipe: {
      name: "cubes",
      input: "image_hsi_reflectance.tif",
      target: "image_labels.tif",
      classColors: {
        Buildings: "#ff0000",
        Vegetation: "#00ff00",
        Roads: "#0000ff",
        Water: "#00ffff",
        Cars: "#ff7f50",
      },
      ignoreColors: ["#990000"],
      axis: { unit: "nm", start: 400, stop: 900 },
    },
    splits: [
      {
        name: "columns",
        about:
          "Near the authors': the left columns for training and validation, the right ones for test. Theirs, after a cut of 53 rows above and 7 columns at the left: columns 0–1727 for training, 1728–2239 for validation, 2240–3967 for test; here the lowest rows of the left part are for validation.",
        split: { name: "strips", direction: "columns", train: 0.565, validation: 0.23, guard: 0 },
      },
    ],
    notes: [
      "Reflectance in percent: the authors cut it to 0–100 and divide by 100.",
      "image_labels.tif is a picture in colours, which classColors names; #990000 is what is not specified.",
    ],
  },
  {
    name: "chikusei",
    title: "Chikusei",
    about: "Fields and a town in Ibaraki, Japan, July 2014, at 2.5 m; much used for super-resolution.",
    data: "cube",
    shape: "2517 × 2335 × 128",
    sensor: "Headwall Hyperspec-VNIR-C, airborne",
    axis: { unit: "nm", first: 363, last: 1018, points: 128 },
    classes: [
      "Water",
      "Bare soil (school)",
      "Bare soil (park)",
      "Bare soil (farmland)",
      "Natural plants",
      "Weeds in farmland",
      "Forest",
      "Grass",
      "Rice field (grown)",
      "Rice field (first stage)",
      "Row crops",
      "Plastic house",
      "Manmade (non-dark)",
      "Manmade (dark)",
      "Manmade (blue)",
      "Manmade (red)",
      "Manmade grass",
      "Asphalt",
      "Paved ground",
    ],
    files: [
      {
        name: "Hyperspec_Chikusei_MATLAB.zip",
        url: "http://park.itc.u-tokyo.ac.jp/sal/hyperdata/Hyperspec_Chikusei_MATLAB.zip",
        holds: ["**/HyperspecVNIR_Chikusei_20140729.mat", "**/HyperspecVNIR_Chikusei_20140729_Ground_Truth.mat"],
      },
    ],
    page: "https://naotoyokoya.com/Download.html",
    licence: "not stated (made available to the scientific community)",
    citation:
      "N. Yokoya, A. Iwasaki, Airborne hyperspectral data over Chikusei, Technical Report SAL-2016-05-27, Space Application Laboratory, University of Tokyo (2016)",
    recipe: {
      name: "cubes",
      input: "**/HyperspecVNIR_Chikusei_20140729.mat",
      variable: "chikusei",
      axis: { unit: "nm", start: 363, stop: 1018 },
    },
    splits: [stripSplit],
    notes: [
      "The range is taken as evenly spaced.",
      "The labels are inside a MATLAB struct of the Ground_Truth file and are not part of the recipe, which is for super-resolution and denoising.",
    ],
  },
  {
    name: "enmap-potsdam-tiles",
    title: "EnMAP Potsdam tiles",
    about: "18 tiles of an EnMAP image of Potsdam with land-cover labels and lists for training, validation and test.",
    data: "cube",
    shape: "18 × 32 × 32 × 224",
    sensor: "EnMAP (DLR), satellite",
    axis: { unit: "nm", first: 420, last: 2450, points: 224 },
    files: [
      { name: "images" },
      { name: "labels" },
      { name: "train_files.csv" },
      { name: "validation_files.csv" },
      { name: "test_files.csv" },
    ],
    page: "https://enmap-box.readthedocs.io",
    manual: [
      "Put the tiles, the labels and the three lists (images/, labels/, train_files.csv, validation_files.csv, test_files.csv) into the folder.",
    ],
    licence: "GPL, as the program that the image comes with",
    citation:
      "Data: EnMAP, German Aerospace Center (DLR); EnMAP-Box Developers, EnMAP-Box: a QGIS plugin to process and visualize hyperspectral remote sensing data",
    recipe: { name: "cubes", input: "images/*.tif", target: "labels/*.tif" },
    splits: [
      {
        name: "lists",
        about: "The tiles of each part as the published lists name them.",
        split: {
          name: "file",
          train: "train_files.csv",
          validation: "validation_files.csv",
          test: "test_files.csv",
        },
      },
      {
        name: "random",
        about: "Whole tiles at random.",
        split: { name: "random", validation: 0.15, test: 0.15 },
      },
    ],
    notes: [
      "Six bands hold only the value for no data, −32768, and are left out.",
      "Labels are 0 to 6. 0, which two thirds of the pixels have, is taken as no label; firstClass: 0 takes it as a class.",
    ],
  },
];
