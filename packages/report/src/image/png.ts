import type { RasterImage } from "../raster/canvas.ts";

/**
 * A picture as a PNG data URL: 8 bits a channel, with alpha only where a pixel is not opaque. Source: W3C, Portable Network
 * Graphics, third edition.
 */
export async function pngDataUrl({ width, height, data }: RasterImage): Promise<string> {
  if (width < 1 || height < 1 || data.length !== 4 * width * height)
    throw new RangeError(`${data.length} bytes are no picture of ${width} × ${height} pixels of 4 bytes`);
  const channels = isOpaque(data) ? 3 : 4;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 3 ? 2 : 6, 0, 0, 0], 8);
  const body = await deflate(filteredRows(data, width, height, channels));
  const parts = [signature, ...chunk("IHDR", header), ...chunk("IDAT", body), ...chunk("IEND", new Uint8Array(0))];
  return `data:image/png;base64,${base64(parts)}`;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function isOpaque(data: Uint8Array): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** Each row behind the number of its filter: as it is (0), minus its left neighbour (1) or minus the row above (2), whichever is smallest. */
function filteredRows(data: Uint8Array, width: number, height: number, channels: number): Uint8Array {
  const length = width * channels;
  const out = new Uint8Array(height * (length + 1));
  let above = new Uint8Array(length);
  let row = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) row[x * channels + c] = data[(y * width + x) * 4 + c]!;
    let best = 0;
    let least = Infinity;
    for (let filter = 0; filter < 3; filter++) {
      let cost = 0;
      for (let i = 0; i < length; i++) {
        const left = filter === 1 && i >= channels ? row[i - channels]! : filter === 2 ? above[i]! : 0;
        const byte = (row[i]! - left) & 255;
        cost += byte < 128 ? byte : 256 - byte;
      }
      if (cost < least) [best, least] = [filter, cost];
    }
    const at = y * (length + 1);
    out[at] = best;
    for (let i = 0; i < length; i++) {
      const before = best === 1 && i >= channels ? row[i - channels]! : best === 2 ? above[i]! : 0;
      out[at + 1 + i] = row[i]! - before;
    }
    [above, row] = [row, above];
  }
  return out;
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new CompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes as Uint8Array<ArrayBuffer>).then(() => writer.close());
  const [packed] = await Promise.all([new Response(stream.readable).arrayBuffer(), written]);
  return new Uint8Array(packed);
}

/** Length, name, content and checksum. */
function chunk(name: string, body: Uint8Array): Uint8Array[] {
  const [head, tail] = [new Uint8Array(8), new Uint8Array(4)];
  new DataView(head.buffer).setUint32(0, body.length);
  for (let i = 0; i < 4; i++) head[4 + i] = name.charCodeAt(i);
  new DataView(tail.buffer).setUint32(0, ~checksum(body, checksum(head.subarray(4), ~0)) >>> 0);
  return [head, body, tail];
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function checksum(bytes: Uint8Array, crc: number): number {
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return crc;
}

function base64(parts: readonly Uint8Array[]): string {
  let text = "";
  for (const part of parts)
    for (let at = 0; at < part.length; at += 0x8000) text += String.fromCharCode(...part.subarray(at, at + 0x8000));
  return btoa(text);
}
