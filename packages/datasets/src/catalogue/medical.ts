import type { CatalogueEntry } from "./entry.ts";

export const medicalScenes: readonly CatalogueEntry[] = [
  {
    name: "helicoid",
    title: "HELICoiD human brain",
    about: "36 images of exposed brains of 22 patients during surgery, sparsely labelled.",
    data: "cube",
    shape: "36 × about 500 × 450 × 826",
    sensor: "Headwall Hyperspec VNIR, push-broom",
    axis: { unit: "nm", first: 400, last: 1000, points: 826 },
    classes: ["Normal tissue", "Tumor tissue", "Blood vessel", "Background"],
    files: [{ name: "images" }],
    page: "https://hsibraindatabase.iuma.ulpgc.es/",
    manual: [
      "Register on the page, accept its terms and fetch the images.",
      "Put their folders, each with raw, whiteReference, darkReference, gtMap and their .hdr files, into the sub-folder images.",
    ],
    licence: "as agreed to at registration",
    citation:
      "H. Fabelo et al., In-vivo hyperspectral human brain image database for brain cancer detection, IEEE Access 7 (2019) 39098, doi:10.1109/ACCESS.2019.2904788",
    recipe: { name: "cubes", input: "images/*/raw.hdr", groupBy: "folder" },
    splits: [
      {
        name: "images",
        about: "Groups are images: several of one patient must be kept together by their names (008-01, 008-02).",
        split: { name: "group", validation: 0.1, test: 0.2 },
      },
    ],
    notes: [
      "raw holds counts: reflectance is (raw − darkReference) / (whiteReference − darkReference), per column and band.",
      "Noise is strong below 440 and above 900 nm; the publishers' own processing leaves these bands out.",
    ],
  },
];
