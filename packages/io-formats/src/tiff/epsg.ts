/**
 * Two-dimensional geographic coordinate systems in the EPSG list: nearly all have numbers from 4001 to 4999, among which there
 * are projected ones too. Source: EPSG Geodetic Parameter Dataset, by ranges.
 */
const ranges: readonly (readonly [first: number, last: number])[] = [
  [4001, 4047],
  [4052, 4055],
  [4075, 4075],
  [4081, 4081],
  [4120, 4327],
  [4463, 4463],
  [4466, 4466],
  [4469, 4470],
  [4475, 4475],
  [4483, 4483],
  [4490, 4490],
  [4555, 4555],
  [4557, 4558],
  [4600, 4646],
  [4657, 4765],
  [4801, 4821],
  [4823, 4824],
  [4901, 4904],
  [6318, 6318],
  [6322, 6322],
  [6325, 6325],
  [6668, 6668],
  [6706, 6706],
  [6783, 6783],
  [7844, 7844],
  [8449, 8449],
];

/** Whether a coordinate system counts in degrees of longitude and latitude. */
export const isGeographic = (code: number): boolean => ranges.some(([first, last]) => code >= first && code <= last);
