/** Where an image lies on the ground. Source: OGC GeoTIFF standard 1.1, sections 7 and B.6. */
import type { Georeference } from "@spectrai/core";
import { countOf, type Directory, readNumbers, readText, type TiffFile } from "./directory.ts";
import { tag } from "./tags.ts";

export type GeoTransform = NonNullable<Georeference["transform"]>;

/** The tags as they are in a file. */
export interface GeoTags {
  readonly pixelScale?: readonly number[];
  readonly tiepoints?: readonly number[];
  readonly transformation?: readonly number[];
  readonly geoKeys?: readonly number[];
  readonly geoDoubles?: readonly number[];
  readonly geoTexts?: string;
}

export const geoFormat = "geotiff";
export const geoKey = { modelType: 1024, rasterType: 1025, geographic: 2048, projected: 3072 } as const;
export const pixelIsPoint = 2;
const userDefined = 32_767;
const mostKeys = 65_536;
const mostText = 1 << 20;

export async function readGeoreference(open: TiffFile, directory: Directory): Promise<Georeference | undefined> {
  const list = async (number: number, most: number): Promise<number[] | undefined> => {
    if (countOf(directory, number) > most) return undefined;
    const values = await readNumbers(open, directory, number, most);
    return values && Array.from(values);
  };
  const tags = {
    pixelScale: await list(tag.pixelScale, 3),
    tiepoints: await list(tag.tiepoints, mostKeys),
    transformation: await list(tag.transformation, 16),
    geoKeys: await list(tag.geoKeys, mostKeys),
    geoDoubles: await list(tag.geoDoubles, mostKeys),
    geoTexts: await readText(open, directory, tag.geoTexts, mostText),
  };
  const values = Object.fromEntries(Object.entries(tags).filter(([, v]) => v !== undefined)) as GeoTags & {
    readonly [key: string]: number[] | string;
  };
  if (Object.keys(values).length === 0) return undefined;
  const transform = transformOf(values);
  const epsg = epsgOf(values);
  return {
    ...(transform ? { transform } : {}),
    ...(epsg === undefined ? {} : { epsg }),
    native: { format: geoFormat, values },
  };
}

/** The value of a key that is kept in the directory of keys itself. */
export function keyOf({ geoKeys = [] }: GeoTags, key: number): number | undefined {
  for (let at = 4; at + 4 <= geoKeys.length; at += 4)
    if (geoKeys[at] === key && geoKeys[at + 1] === 0) return geoKeys[at + 3];
  return undefined;
}

function epsgOf(tags: GeoTags): number | undefined {
  const code = keyOf(tags, geoKey.projected) ?? keyOf(tags, geoKey.geographic);
  return code === undefined || code === 0 || code >= userDefined ? undefined : code;
}

/** From the pixel's scale and one tie point, or from the matrix; undefined where there is neither, or several tie points. */
export function transformOf(tags: GeoTags): GeoTransform | undefined {
  const { pixelScale: s, tiepoints: t, transformation: m } = tags;
  let corner: GeoTransform | undefined;
  if (m?.length === 16) corner = [m[0]!, m[1]!, m[3]!, m[4]!, m[5]!, m[7]!];
  else if (s && s.length >= 2 && t?.length === 6)
    corner = [s[0]!, 0, t[3]! - t[0]! * s[0]!, 0, -s[1]!, t[4]! + t[1]! * s[1]!];
  if (!corner?.every(Number.isFinite)) return undefined;
  return keyOf(tags, geoKey.rasterType) === pixelIsPoint ? shifted(corner, -0.5) : corner;
}

/** The transform of a grid that lies `by` pixels further down and right. */
export const shifted = ([a, b, c, d, e, f]: GeoTransform, by: number): GeoTransform => [
  a,
  b,
  c + by * (a + b),
  d,
  e,
  f + by * (d + e),
];
