import type { Georeference } from "@spectrai/core";
import { isGeographic } from "./epsg.ts";
import {
  geoFormat,
  geoKey,
  type GeoTags,
  type GeoTransform,
  keyOf,
  pixelIsPoint,
  shifted,
  transformOf,
} from "./geo.ts";

/**
 * The tags of a georeference. Those of a GeoTIFF file are given back as they were; where the transform has changed since (another
 * pixel size), only the coordinate system is.
 */
export function geoTagsOf({ transform, epsg, wkt, native }: Georeference): GeoTags {
  const old = native?.format === geoFormat ? (native.values as GeoTags) : undefined;
  if (old) {
    const before = transformOf(old);
    if (!transform || before?.every((v, i) => v === transform[i])) return old;
    const { geoKeys, geoDoubles, geoTexts } = old;
    const point = keyOf(old, geoKey.rasterType) === pixelIsPoint;
    return {
      ...placeTags(point ? shifted(transform, 0.5) : transform),
      ...(geoKeys ? { geoKeys } : {}),
      ...(geoDoubles ? { geoDoubles } : {}),
      ...(geoTexts === undefined ? {} : { geoTexts }),
    };
  }
  const code = epsg ?? epsgIn(wkt);
  return {
    ...(transform ? placeTags(transform) : {}),
    ...(code !== undefined && code < 32_767 ? { geoKeys: systemKeys(code, wkt) } : {}),
  };
}

function placeTags([a, b, c, d, e, f]: GeoTransform): GeoTags {
  return b === 0 && d === 0 && a > 0 && e < 0
    ? { pixelScale: [a, -e, 0], tiepoints: [0, 0, 0, c, f, 0] }
    : { transformation: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1] };
}

/** Version 1.1.0; the model (1 projected, 2 geographic), pixels as areas, the system's number. */
function systemKeys(code: number, wkt: string | undefined): number[] {
  const geographic = wkt === undefined ? isGeographic(code) : /^\s*GEO(GCS|GCRS|DCRS|GRAPHICCRS)/i.test(wkt);
  const system = geographic ? geoKey.geographic : geoKey.projected;
  const keys = [geoKey.modelType, 0, 1, geographic ? 2 : 1, geoKey.rasterType, 0, 1, 1, system, 0, 1, code];
  return [1, 1, 0, keys.length / 4, ...keys];
}

/** The number at the end of well-known text, which is that of the whole system. */
function epsgIn(wkt: string | undefined): number | undefined {
  const code = /(?:AUTHORITY|ID)\s*\[\s*"EPSG"\s*,\s*"?(\d{4,5})"?\s*\]\s*\]\s*$/i.exec(wkt ?? "")?.[1];
  return code === undefined ? undefined : Number(code);
}
