import { type NdArray, type TypedArray } from "@spectrai/core";
import { damaged, tooLarge } from "../bytes/errors.ts";
import { readStored } from "../bytes/stored.ts";
import { copyStrided } from "../bytes/strided.ts";
import type { BlockCache } from "./block-cache.ts";
import { blockRows, type BlockTable, readBlockTable } from "./blocks.ts";
import type { TiffFile } from "./directory.ts";
import { compression, type Page, rowBytes, samplesInBlock } from "./page.ts";
import { unpackBlock } from "./unpack.ts";

/** A page that is ready to be read. */
export interface OpenPage {
  readonly open: TiffFile;
  readonly page: Page;
  readonly table: BlockTable;
  /** Tells the page's blocks from those of other pages in the cache. */
  readonly key: string;
}

export const openPage = async (open: TiffFile, page: Page, key: string): Promise<OpenPage> => ({
  open,
  page,
  table: await readBlockTable(open, page),
  key,
});

type Range = readonly [start: number, stop: number];
/** Rows, columns and samples `[start, stop)`. */
export interface PageRegion {
  readonly rows: Range;
  readonly columns: Range;
  readonly samples: Range;
}

/** Where a page's values go: strides of rows, columns and samples. */
export interface Target {
  readonly data: TypedArray;
  readonly start: number;
  readonly strides: readonly [row: number, column: number, sample: number];
}

const longestBlock = 2 ** 31;

/** Reads the blocks that a region touches, and of uncompressed ones only the rows and columns that it needs. */
export async function readPage(from: OpenPage, region: PageRegion, target: Target, cache: BlockCache): Promise<void> {
  const { page, table } = from;
  const { rows, columns, samples } = region;
  if (rows[0] === rows[1] || columns[0] === columns[1] || samples[0] === samples[1]) return;
  const planes = page.planar ? samples[1] - samples[0] : 1;
  const { height } = table;
  const width = page.blockWidth;
  for (let plane = 0; plane < planes; plane++)
    for (let y = Math.floor(rows[0] / height); y * height < rows[1]; y++)
      for (let x = Math.floor(columns[0] / width); x * width < columns[1]; x++) {
        const index = ((page.planar ? samples[0] + plane : 0) * table.down + y) * table.across + x;
        const r = inside(rows, y * height, height);
        const c = inside(columns, x * width, width);
        const s: Range = page.planar ? [0, 1] : samples;
        const block = await readBlock(from, index, y, [r, c, s], cache);
        copyStrided(
          block,
          {
            data: target.data,
            start:
              target.start +
              (y * height + r[0] - rows[0]) * target.strides[0] +
              (x * width + c[0] - columns[0]) * target.strides[1] +
              plane * target.strides[2],
            strides: target.strides,
          },
          [r[1] - r[0], c[1] - c[0], s[1] - s[0]],
        );
      }
}

/** The part of a range that lies in a block, counted from the block's start. */
const inside = ([start, stop]: Range, at: number, length: number): Range => [
  Math.max(0, start - at),
  Math.min(length, stop - at),
];

async function readBlock(
  { open, page, table, key }: OpenPage,
  index: number,
  row: number,
  region: readonly [Range, Range, Range],
  cache: BlockCache,
): Promise<Target> {
  const { source, little } = open;
  const samples = samplesInBlock(page);
  const rows = blockRows(page, table.height, row);
  const offset = table.offsets[index]!;
  if (page.compression === compression.none && page.bits >= 8) {
    const stored = { source, name: "data", offset, type: page.type, little, order: "C" as const };
    const { data, shape } = await readStored({ ...stored, shape: [rows, page.blockWidth, samples] }, region);
    return { data, start: 0, strides: [shape[1]! * shape[2]!, shape[2]!, 1] };
  }
  if (rows * rowBytes(page) > longestBlock)
    throw tooLarge(source.name, `its compressed blocks have ${rows * rowBytes(page)} bytes each; save it in tiles`);
  const data = await cache.get(`${key}:${index}`, async () =>
    unpackBlock(source.name, page, await source.read(offset, table.sizes[index]!), rows, little),
  );
  const stride = page.blockWidth * samples;
  const start = region[0][0] * stride + region[1][0] * samples + region[2][0];
  return { data, start, strides: [stride, samples, 1] };
}

/** An uncompressed image in one piece is read without a copy. */
export async function readDirectly({ open, page, table }: OpenPage, region: PageRegion): Promise<NdArray | undefined> {
  if (page.compression !== compression.none || page.bits < 8 || page.tiled || page.planar) return undefined;
  if (table.height !== page.height) return undefined;
  const { source, little } = open;
  return readStored(
    {
      source,
      name: "data",
      offset: table.offsets[0]!,
      type: page.type,
      little,
      shape: [page.height, page.width, page.samples],
      order: "C",
    },
    [region.rows, region.columns, region.samples],
  );
}

/** @throws SPECTRAI_FILE_DAMAGED when pages share blocks, SPECTRAI_FILE_TOO_LARGE */
export function checkAmount(pages: readonly OpenPage[], bytes: number): void {
  const files = new Map<TiffFile, number>();
  for (const { open, table } of pages) files.set(open, (files.get(open) ?? 0) + table.total);
  for (const [{ source }, total] of files)
    if (total > source.size) throw damaged(source.name, "the blocks of its pages overlap");
  if (bytes > 2 ** 33)
    throw tooLarge(pages[0]!.open.source.name, `an array of ${bytes} bytes was asked for; read it in regions`);
}
