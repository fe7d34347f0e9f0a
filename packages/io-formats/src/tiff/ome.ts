/** The planes of an OME-TIFF file. Source: the OME-TIFF specification, schema 2016-06. */
import type { Axis, AxisUnit, JsonObject } from "@spectrai/core";
import { damaged, unsupported } from "../bytes/errors.ts";
import { unitIn } from "../csv/units.ts";
import { tryAxis } from "./spectral.ts";
import type { XmlElement } from "./xml.ts";

/** The place of a plane: its page, in this file or another. */
export interface OmePlane {
  readonly file?: string;
  readonly page: number;
}

export interface OmeImage {
  readonly height: number;
  readonly width: number;
  readonly times: number;
  readonly depths: number;
  readonly channels: number;
  /** Values a pixel of each page: 1, or all channels. */
  readonly samples: number;
  /** For each time, each depth, each channel (of one page) in turn. */
  readonly planes: readonly OmePlane[];
  readonly axis?: Axis;
  readonly attributes: JsonObject;
}

const mostPlanes = 1 << 20;
const orders = new Set(["XYZCT", "XYZTC", "XYCTZ", "XYCZT", "XYTCZ", "XYTZC"]);

/** Whether an image's description is OME's. */
export const isOme = (description: string): boolean => /<(?:\w+:)?OME[\s>]/.test(description.slice(0, 4096));

/**
 * The first image that the metadata describe.
 *
 * @param pages - how many pages the file has
 */
export function readOme(file: string, elements: readonly XmlElement[], pages: number): OmeImage {
  const first = elements.findIndex((e) => e.name === "Pixels");
  if (first < 0) throw unsupported(file, "its OME metadata describe no pixels (they may be in a companion file)");
  const { attributes, depth } = elements[first]!;
  const after = elements.findIndex((e, i) => i > first && e.depth <= depth);
  const inside = elements.slice(first + 1, after < 0 ? undefined : after);
  const images = elements.filter((e) => e.name === "Pixels").length;

  const size = (name: string): number => {
    const n = Number(attributes.get(name) ?? Number.NaN);
    if (!Number.isSafeInteger(n) || n < 1 || n > 2 ** 31)
      throw damaged(file, `its OME metadata have the impossible ${name} "${attributes.get(name) ?? ""}"`);
    return n;
  };
  const sizes = { X: size("SizeX"), Y: size("SizeY"), Z: size("SizeZ"), C: size("SizeC"), T: size("SizeT") };
  const order = attributes.get("DimensionOrder") ?? "XYZCT";
  if (!orders.has(order)) throw damaged(file, `its OME metadata have the unknown dimension order "${order}"`);
  const channels = inside.filter((e) => e.name === "Channel");
  const samples = Number(channels[0]?.attributes.get("SamplesPerPixel") ?? 1);
  if (samples !== 1 && (channels.length !== 1 || samples !== sizes.C))
    throw unsupported(file, "its pages hold several channels each, but not all; save a page a channel");
  if (samples > 1 && sizes.Z * sizes.T > 1)
    throw unsupported(file, "it has several pages of several channels each; save a page a channel");
  const perPlace = sizes.C / samples;
  const count = sizes.Z * sizes.T * perPlace;
  if (count > mostPlanes) throw unsupported(file, `it announces ${count} planes, more than can be`);
  const own = elements[0]?.attributes.get("UUID");
  const planes = planesOf(file, inside, { ...sizes, C: perPlace }, order.slice(2), pages, own);
  const axis = channelAxis(channels, sizes.C);
  const names = channels.map((c) => c.attributes.get("Name") ?? "");
  return {
    height: sizes.Y,
    width: sizes.X,
    times: sizes.T,
    depths: sizes.Z,
    channels: sizes.C,
    samples,
    planes,
    ...(axis ? { axis } : {}),
    attributes: {
      ...(names.some((n) => n !== "") ? { channels: names } : {}),
      ...(images > 1 ? { images } : {}),
    },
  };
}

type Sizes = Readonly<Record<"Z" | "C" | "T", number>>;

function planesOf(
  file: string,
  inside: readonly XmlElement[],
  sizes: Sizes,
  order: string,
  pages: number,
  own: string | undefined,
): OmePlane[] {
  const dims = Array.from(order) as ("Z" | "C" | "T")[];
  const total = sizes.Z * sizes.C * sizes.T;
  const planes = new Array<OmePlane | undefined>(total);
  /** Steps through the planes in the file's order; they are kept by time, depth and channel. */
  const put = (n: number, plane: OmePlane): void => {
    const at = { Z: 0, C: 0, T: 0 };
    for (const d of dims) {
      at[d] = n % sizes[d];
      n = Math.floor(n / sizes[d]);
    }
    planes[(at.T * sizes.Z + at.Z) * sizes.C + at.C] = plane;
  };
  let described = false;
  for (const [i, { name, attributes }] of inside.entries()) {
    if (name !== "TiffData") continue;
    described = true;
    const number = (key: string, absent: number): number => {
      const n = Number(attributes.get(key) ?? absent);
      if (!Number.isSafeInteger(n) || n < 0) throw damaged(file, `its OME metadata have an impossible ${key}`);
      return n;
    };
    const uuid = inside[i + 1]?.name === "UUID" ? inside[i + 1]! : undefined;
    // A file that was renamed still knows its own number.
    const other = uuid && uuid.text.trim() !== own ? uuid.attributes.get("FileName") : undefined;
    const page = number("IFD", 0);
    const planeCount = number("PlaneCount", attributes.has("IFD") ? 1 : pages);
    const start = { Z: number("FirstZ", 0), C: number("FirstC", 0), T: number("FirstT", 0) };
    if (dims.some((d) => start[d] >= sizes[d]))
      throw damaged(file, "its OME metadata place a page outside of the image");
    let n = 0;
    for (const d of dims.toReversed()) n = n * sizes[d] + start[d];
    for (let k = 0; k < planeCount && n + k < total; k++)
      put(n + k, { page: page + k, ...(other === undefined ? {} : { file: other }) });
  }
  if (!described) for (let n = 0; n < Math.min(total, pages); n++) put(n, { page: n });
  const missing = planes.findIndex((p) => p === undefined);
  if (missing >= 0 || planes.length < total)
    throw damaged(file, `its OME metadata announce ${total} planes, but not where all of them are`);
  return planes as OmePlane[];
}

/** The channels' emission wavelengths, where each has one and they rise or fall. */
function channelAxis(channels: readonly XmlElement[], count: number): Axis | undefined {
  if (channels.length !== count || count < 2) return undefined;
  const values = Float64Array.from(channels, ({ attributes }) => {
    const text = attributes.get("EmissionWavelength");
    return text ? Number(text) : Number.NaN;
  });
  const unit: AxisUnit | undefined = unitIn(channels[0]!.attributes.get("EmissionWavelengthUnit") ?? "nm");
  return unit && tryAxis(values, unit);
}
