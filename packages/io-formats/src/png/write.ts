/** PNG images, row by row: labels with a palette, grey and colour images. Source: W3C, Portable Network Graphics, third edition. */
import {
  type BesideFile,
  type ByteSink,
  type ImageHeader,
  type ImageRows,
  SpectraiError,
  type TypedArray,
} from "@spectrai/core";
import { crc32 } from "../bytes/crc32.ts";
import { countedRows } from "../bytes/image-rows.ts";
import { isLabels, labelCode } from "../bytes/labels.ts";
import { signature } from "./chunks.ts";
import { legendImage } from "./legend.ts";

/** Colour types by number of bands: grey, grey with alpha, red-green-blue, and that with alpha. */
const colourTypes = [undefined, 0, 4, 2, 6] as const;
const indexed = 3;
const most = 2 ** 31 - 1;

/**
 * Labels become indices into a palette of the classes' colours, transparent where there is no label, with a legend
 * in the file `.legend.png` beside; other images are written as they are.
 *
 * @throws SPECTRAI_DATA_SHAPE when the image is none that PNG holds
 */
export async function pngRows(image: ImageHeader, sink: ByteSink, beside: BesideFile): Promise<ImageRows> {
  const { height, width, bands = 1, dtype, classes = [] } = image;
  const labels = isLabels(image) ? labelCode(image) : undefined;
  const depth = labels ? 8 : dtype === "uint8" ? 8 : dtype === "uint16" ? 16 : undefined;
  const colourType = labels ? indexed : colourTypes[bands];
  if (depth === undefined || colourType === undefined || labels?.dtype === "uint16" || Math.max(height, width) > most)
    throw new SpectraiError(
      "SPECTRAI_DATA_SHAPE",
      `An image of ${height} × ${width} pixels, ${bands === 1 ? "one band" : `${bands} bands`} of ${dtype}${classes.length > 0 ? ` and ${classes.length} classes` : ""} cannot be written as PNG, which holds labels of up to 255 named classes, or 1 to 4 bands of uint8 or uint16. Write .tif or .npy instead.`,
    );
  await sink.write(Uint8Array.from(signature));
  await sink.write(chunk("IHDR", header(width, height, depth, colourType)));
  if (labels) {
    await sink.write(chunk("PLTE", palette(classes)));
    await sink.write(chunk("tRNS", new Uint8Array(256).fill(255).fill(0, labels.blank, labels.blank + 1)));
    await writeLegend(classes, await beside(".legend.png"), beside);
  }
  const data = imageData(sink);
  const row = width * bands;
  return countedRows(
    image,
    (values, first) => data.write(filtered(labels ? labels.encode(values, first) : values, row)),
    async () => {
      await data.end();
      await sink.write(chunk("IEND", new Uint8Array(0)));
    },
  );
}

type Classes = NonNullable<ImageHeader["classes"]>;

async function writeLegend(classes: Classes, sink: ByteSink, beside: BesideFile): Promise<void> {
  if (classes.length === 0) return;
  const { height, width, data } = legendImage(classes);
  const rows = await pngRows({ name: "legend", height, width, bands: 3, dtype: "uint8" }, sink, beside);
  await rows.write(data);
  await rows.end();
}

function header(width: number, height: number, depth: number, colourType: number): Uint8Array {
  const out = new Uint8Array(13);
  const view = new DataView(out.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  out.set([depth, colourType], 8);
  return out;
}

function palette(classes: Classes): Uint8Array {
  const out = new Uint8Array(3 * 256);
  for (const [k, { color }] of classes.entries()) out.set(color, 3 * k);
  return out;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

/** Each row with the number of its filter (0: none) in front, 16-bit values with the high byte first. */
function filtered(values: TypedArray, row: number): Uint8Array {
  const width = values.BYTES_PER_ELEMENT;
  const stride = row * width + 1;
  const out = new Uint8Array((values.length / row) * stride);
  for (let y = 0; y * row < values.length; y++) {
    const start = y * stride + 1;
    if (width === 1) out.set((values as Uint8Array).subarray(y * row, (y + 1) * row), start);
    else
      for (let i = 0; i < row; i++) {
        const value = (values as Uint16Array)[y * row + i]!;
        out[start + 2 * i] = value >> 8;
        out[start + 2 * i + 1] = value & 255;
      }
  }
  return out;
}

/** Compresses what it is given into IDAT chunks as it comes. */
function imageData(sink: ByteSink): { write(bytes: Uint8Array): Promise<void>; end(): Promise<void> } {
  const stream = new CompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let failure: unknown;
  const drain = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      await sink.write(chunk("IDAT", value));
    }
  };
  // A sink that fails must not leave the writing side waiting.
  const drained = drain().catch(async (e: unknown) => {
    failure ??= e;
    await reader.cancel(e).catch(() => undefined);
  });
  const guarded = async (work: Promise<void>): Promise<void> => {
    await work.catch((e: unknown) => (failure ??= e));
    if (failure !== undefined) throw failure as Error;
  };
  return {
    write: (bytes) => guarded(writer.write(bytes as Uint8Array<ArrayBuffer>)),
    end: () => guarded(writer.close().then(() => drained)),
  };
}
