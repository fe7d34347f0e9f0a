import type { CatalogueEntry } from "./entry.ts";

const byImage = {
  name: "images",
  about: "Whole images at random.",
  split: { name: "random", validation: 0.1, test: 0.2 },
};

export const indoorScenes: readonly CatalogueEntry[] = [
  {
    name: "cave",
    title: "CAVE multispectral images",
    about: "32 still lifes of materials and objects; much used for super-resolution and denoising.",
    data: "cube",
    shape: "32 × 512 × 512 × 31",
    sensor: "Apogee Alta U260 behind a VariSpec tunable filter",
    axis: { unit: "nm", first: 400, last: 700, points: 31 },
    files: [
      {
        name: "complete_ms_data.zip",
        url: "https://www.cs.columbia.edu/CAVE/databases/multispectral/zip/complete_ms_data.zip",
        size: 405_988_465,
        holds: ["**/*_ms_31.png"],
      },
    ],
    page: "https://www.cs.columbia.edu/CAVE/databases/multispectral/",
    licence: "not stated (made available to the research community)",
    citation:
      "F. Yasuma, T. Mitsunaga, D. Iso, S. K. Nayar, Generalized assorted pixel camera: postcapture control of resolution, dynamic range, and spectrum, IEEE TIP 19 (2010) 2241, doi:10.1109/TIP.2010.2046811",
    splits: [byImage],
    notes: [
      "Each band is a 16-bit PNG of its own: the 31 of an image have to be joined (as .npy or ENVI) before it can be read.",
    ],
  },
  {
    name: "icvl",
    title: "ICVL hyperspectral images",
    about: "201 natural images, most of them outdoors; much used for denoising.",
    data: "cube",
    shape: "201 × 1392 × 1300 × 31",
    sensor: "Specim PS Kappa DX4",
    axis: { unit: "nm", first: 400, last: 700, points: 31 },
    files: [{ name: "images" }],
    page: "https://icvl.cs.bgu.ac.il/hyperspectral/",
    manual: ["Fetch the .mat files (31 bands) of the images from the page.", "Put them into the sub-folder images."],
    licence: "for non-commercial research",
    citation:
      "B. Arad, O. Ben-Shahar, Sparse recovery of hyperspectral signal from natural RGB images, ECCV 2016, doi:10.1007/978-3-319-46478-7_2",
    recipe: { name: "cubes", input: "images/*.mat", variable: "rad", axis: { unit: "nm", start: 400, stop: 700 } },
    splits: [byImage],
    notes: ["12-bit values up to 4095."],
  },
];
