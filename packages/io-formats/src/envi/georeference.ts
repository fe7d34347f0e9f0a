/**
 * ENVI's `map info` and our affine transform, both ways. The reference pixel is counted from 1, and (1, 1) is the upper left
 * corner of the first pixel. Source: ENVI's "ENVI Header Files", and GDAL's driver for ENVI files.
 */
import { type Georeference, SpectraiError } from "@spectrai/core";
import { type EnviHeader, listOf, numberIn } from "./header.ts";

type Transform = NonNullable<Georeference["transform"]>;

const keys = ["map info", "coordinate system string", "projection info", "geo points", "rpc info"];

export function georeferenceOf(header: EnviHeader): Georeference | undefined {
  const values: Record<string, string> = {};
  for (const key of keys) {
    const text = header.fields.get(key);
    if (text) values[key] = text;
  }
  if (Object.keys(values).length === 0) return undefined;
  const info = listOf(header, "map info") ?? [];
  const transform = transformOf(info);
  const wkt = header.fields.get("coordinate system string");
  const epsg = epsgOf(info, wkt) ?? ownEpsg(header);
  return {
    ...(transform ? { transform } : {}),
    ...(epsg === undefined ? {} : { epsg }),
    ...(wkt ? { wkt } : {}),
    native: { format: "envi", values },
  };
}

function transformOf(info: readonly string[]): Transform | undefined {
  const numbers = info.slice(1, 7).map(numberIn);
  if (numbers.length < 6 || numbers.some((v) => !Number.isFinite(v))) return undefined;
  const [column, row, x, y, width, height] = numbers as [number, number, number, number, number, number];
  const named = (name: string): string | undefined =>
    info
      .find((field) => field.toLowerCase().startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .trim();
  const turn = (numberIn(named("rotation") ?? "0") || 0) * (Math.PI / 180);
  const units = named("units")?.toLowerCase();
  const scale = !geographic(info) ? 1 : units === "minutes" ? 1 / 60 : units === "seconds" ? 1 / 3600 : 1;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [a, b, d, e] = [cos * width, sin * height, sin * width, -cos * height];
  const place = [a, b, x - (column - 1) * a - (row - 1) * b, d, e, y - (column - 1) * d - (row - 1) * e] as const;
  // + 0: no negative zeros.
  return place.map((v) => v * scale + 0) as unknown as Transform;
}

const geographic = (info: readonly string[]): boolean => /^geographic lat/i.test(info[0] ?? "");
const isWgs84 = (datum: string | undefined): boolean => /^wgs[-_ ]?(19)?84$/i.test(datum ?? "");

function epsgOf(info: readonly string[], wkt: string | undefined): number | undefined {
  if (geographic(info) && isWgs84(info[7])) return 4326;
  const zone = numberIn(info[7] ?? "");
  if (/^utm$/i.test(info[0] ?? "") && zone >= 1 && zone <= 60 && isWgs84(info[9]))
    return (/^south$/i.test(info[8] ?? "") ? 32700 : 32600) + zone;
  const authority = /AUTHORITY\s*\[\s*"EPSG"\s*,\s*"?(\d{1,6})"?\s*\]\s*\]\s*$/i.exec(wkt ?? "")?.[1];
  return authority === undefined ? undefined : Number(authority);
}

/** A key of our own, for coordinate systems that ENVI's words do not tell. */
function ownEpsg({ fields }: EnviHeader): number | undefined {
  const value = numberIn(fields.get("epsg") ?? "");
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** The lines of a header that say where an image lies. @throws SPECTRAI_FILE_UNSUPPORTED where ENVI cannot say it */
export function georeferenceLines({ transform, epsg, wkt, native }: Georeference): string[] {
  const own = epsg === undefined ? [] : [`epsg = ${epsg}`];
  if (native?.format === "envi") {
    const lines = keys.flatMap((key) => {
      const value = native.values[key];
      return typeof value === "string" ? [`${key} = {${oneLine(value)}}`] : [];
    });
    return [...lines, ...own];
  }
  const lines = transform ? [`map info = {${mapInfo(transform, epsg).join(", ")}}`] : [];
  if (wkt) lines.push(`coordinate system string = {${oneLine(wkt)}}`);
  return [...lines, ...own];
}

const oneLine = (text: string): string => text.replace(/[{}]/g, "").replace(/\s+/g, " ").trim();

function mapInfo([a, b, c, d, e, f]: Transform, epsg: number | undefined): (string | number)[] {
  const turn = Math.atan2(d, a);
  const width = Math.hypot(a, d);
  const height = (b * d - a * e) / width;
  const near = (v: number, exact: number): boolean => Math.abs(v - exact) <= 1e-6 * Math.abs(height);
  if (!(width > 0 && near(b, Math.sin(turn) * height) && near(e, -Math.cos(turn) * height)))
    throw new SpectraiError(
      "SPECTRAI_FILE_UNSUPPORTED",
      "The image lies askew on the ground (its pixels are no rectangles), which an ENVI header cannot say. Write GeoTIFF instead.",
    );
  const rotation = turn === 0 ? [] : [`rotation=${turn * (180 / Math.PI)}`];
  const place = [1, 1, c, f, width, height];
  if (epsg === 4326) return ["Geographic Lat/Lon", ...place, "WGS-84", "units=Degrees", ...rotation];
  const zone = epsg === undefined ? 0 : epsg % 100;
  const half = epsg === undefined ? 0 : Math.floor(epsg / 100);
  if ((half === 326 || half === 327) && zone >= 1 && zone <= 60)
    return ["UTM", ...place, zone, half === 326 ? "North" : "South", "WGS-84", "units=Meters", ...rotation];
  return ["Arbitrary", ...place, ...rotation];
}
