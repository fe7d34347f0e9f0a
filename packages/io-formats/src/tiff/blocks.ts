import { damaged, unsupported } from "../bytes/errors.ts";
import { mostInflated } from "../bytes/inflate.ts";
import { countOf, readNumbers, type TiffFile } from "./directory.ts";
import { compression, type Page, rowBytes } from "./page.ts";
import { tag } from "./tags.ts";

/** Where the blocks of a page are: plane by plane, row by row. */
export interface BlockTable {
  readonly across: number;
  readonly down: number;
  /** Rows a block; of uncompressed strips that follow each other, all rows of the image. */
  readonly height: number;
  readonly offsets: Float64Array;
  readonly sizes: Float64Array;
  /** Bytes of all blocks. */
  readonly total: number;
}

/** LZW packs a long run of one value better than deflate does: 7.4 million bytes into 5400. */
const mostUnpacked = (packed: number): number => 1.4 * mostInflated(packed);

/** Rows of a block; the last strip may have fewer. */
export const blockRows = (page: Page, height: number, row: number): number =>
  page.tiled ? height : Math.min(height, page.height - row * height);

/** @throws SPECTRAI_FILE_DAMAGED when a block lies outside the file, or blocks cannot hold what they should */
export async function readBlockTable(open: TiffFile, page: Page): Promise<BlockTable> {
  const { source } = open;
  const file = source.name;
  const across = Math.ceil(page.width / page.blockWidth);
  const down = Math.ceil(page.height / page.blockHeight);
  const planes = page.planar ? page.samples : 1;
  const count = across * down * planes;
  const [offsetTag, sizeTag] = page.tiled ? [tag.tileOffsets, tag.tileBytes] : [tag.blockOffsets, tag.stripBytes];
  const announced = countOf(page.directory, offsetTag);
  if (announced < count)
    throw damaged(
      file,
      `its image of ${page.height} × ${page.width} pixels has ${announced} blocks instead of ${count}`,
    );
  const offsets = (await readNumbers(open, page.directory, offsetTag, announced))!.subarray(0, count);
  const known = countOf(page.directory, sizeTag);
  const raw = page.compression === compression.none;
  if (!raw && known < count) throw damaged(file, `the sizes of ${count - known} blocks are missing`);
  const sizes = raw
    ? new Float64Array(count)
    : (await readNumbers(open, page.directory, sizeTag, known))!.subarray(0, count);
  const stride = rowBytes(page);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const needed = stride * blockRows(page, page.blockHeight, Math.floor(i / across) % down);
    if (raw) sizes[i] = needed;
    const [at, size] = [offsets[i]!, sizes[i]!];
    if (at === 0)
      throw unsupported(
        file,
        "parts of it without data were left out (a sparse file); save it whole (gdal_translate -co SPARSE_OK=FALSE)",
      );
    if (!(at > 0 && size >= 0 && at + size <= source.size))
      throw damaged(file, `block ${i} of its image should end at byte ${at + size}, where the file has ${source.size}`);
    if (!raw && needed > mostUnpacked(size))
      throw damaged(file, `block ${i} of its image cannot hold ${needed} bytes in ${size}`);
    total += size;
  }
  if (total > source.size) throw damaged(file, "the blocks of its image overlap");
  const table = { across, down, height: page.blockHeight, offsets, sizes, total };
  return raw && !page.tiled && page.bits >= 8 ? merged(page, table, planes) : table;
}

/** Uncompressed strips that follow each other without a gap, as one strip a plane. */
function merged(page: Page, table: BlockTable, planes: number): BlockTable {
  const { down, offsets, sizes } = table;
  for (let i = 1; i < offsets.length; i++)
    if (i % down !== 0 && offsets[i] !== offsets[i - 1]! + sizes[i - 1]!) return table;
  return {
    ...table,
    down: 1,
    height: page.height,
    offsets: Float64Array.from({ length: planes }, (_, p) => offsets[p * down]!),
    sizes: new Float64Array(planes).fill(rowBytes(page) * page.height),
  };
}
