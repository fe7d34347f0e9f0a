/** The chunks of a PNG file. Source: W3C, Portable Network Graphics, third edition, section 5. */
import { crc32 } from "../bytes/crc32.ts";
import { damaged, unsupported } from "../bytes/errors.ts";
import { viewOf } from "../bytes/source.ts";

export const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const isPng = (head: Uint8Array): boolean => signature.every((b, i) => head[i] === b);

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly channels: number;
  readonly interlaced: boolean;
  readonly indexed: boolean;
}

export interface PngChunks {
  readonly header: PngHeader;
  /** Red, green, blue of each palette entry. */
  readonly palette?: Uint8Array;
  /** Compressed image data, in pieces. */
  readonly data: readonly Uint8Array[];
}

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Walks the chunks and checks each one's checksum. @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED */
export function readChunks(file: string, bytes: Uint8Array): PngChunks {
  if (!isPng(bytes)) throw damaged(file, "it does not begin as a PNG file does");
  const view = viewOf(bytes);
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw damaged(file, "its end is missing");
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length)
      throw damaged(file, `the chunk at byte ${at} should end at byte ${end + 4} of ${bytes.length}`);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end))
      throw damaged(file, `the checksum of its ${/^\w+$/.test(type) ? type : "first"} chunk is wrong`);
    const body = bytes.subarray(at + 8, end);
    if (!header && type !== "IHDR") throw damaged(file, "it has no header");
    if (type === "IHDR") header = readHeader(file, body);
    else if (type === "PLTE") palette = body;
    else if (type === "IDAT") data.push(body);
    else if (type === "IEND") return { header: header!, data, ...(palette ? { palette } : {}) };
    at = end + 4;
  }
}

function readHeader(file: string, body: Uint8Array): PngHeader {
  if (body.length !== 13) throw damaged(file, "its header has the wrong length");
  const view = viewOf(body);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, compression, filter, interlace] = body.subarray(8) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  const channels = channelsOf[colour];
  if (!channels || !depthsOf[colour]!.includes(depth) || width === 0 || height === 0)
    throw damaged(
      file,
      `its header has impossible values (${width} × ${height}, depth ${depth}, colour type ${colour})`,
    );
  if (compression !== 0 || filter !== 0 || interlace > 1)
    throw unsupported(file, "it uses a compression that the PNG standard does not know");
  return { width, height, depth, channels, interlaced: interlace === 1, indexed: colour === 3 };
}
