/** Threads along columns and along rows of a workgroup's part of a product, and the rows of each thread; 4 columns each. */
export interface Tile {
  readonly across: number;
  readonly down: number;
  readonly rows: 4 | 8;
}

/** Inner elements that are brought into workgroup memory at a time. */
export const depth = 16;

const tiles: readonly Tile[] = [
  { across: 16, down: 16, rows: 8 },
  { across: 8, down: 16, rows: 8 },
  { across: 4, down: 32, rows: 4 },
  { across: 16, down: 16, rows: 4 },
  { across: 8, down: 8, rows: 4 },
  { across: 16, down: 4, rows: 4 },
];

/** Threads that fill a large card (132 processors of 512) at the registers that a tile takes. */
const enoughThreads = 65536;
/** Inner elements that a share of a split product has at least, and at most: longer sums lose digits. */
const leastShare = 128;
const mostShare = 16384;
/** Elements of all the partial results of a split product together. */
const mostPartials = 2 ** 24;

export interface Layout {
  readonly tile: Tile;
  readonly tilesDown: number;
  readonly tilesAcross: number;
  /** Shares that the inner dimension is split into, and the length of each, a multiple of {@link depth}. */
  readonly splits: number;
  readonly share: number;
}

export const tileRows = ({ down, rows }: Tile): number => down * rows;
export const tileColumns = ({ across }: Tile): number => across * 4;

/**
 * The tiling of `batches` products of `rows` × `inner` by `inner` × `columns`: least arithmetic on what lies beyond the edges, the
 * most arithmetic for each element that comes from workgroup memory, and threads enough to fill the card, by splitting
 * the inner dimension if need be.
 */
export function layOut(rows: number, columns: number, inner: number, batches: number, maySplit: boolean): Layout {
  const layouts = tiles.map((tile) => {
    const tilesDown = Math.ceil(rows / tileRows(tile));
    const tilesAcross = Math.ceil(columns / tileColumns(tile));
    const threads = tilesDown * tilesAcross * batches * tile.across * tile.down;
    const wanted = Math.max(
      Math.min(Math.floor(enoughThreads / threads), Math.floor(inner / leastShare)),
      Math.ceil(inner / mostShare),
    );
    const most = Math.floor(mostPartials / (rows * columns * batches));
    const atMost = maySplit ? Math.max(1, Math.min(wanted, most)) : 1;
    const share = Math.max(depth, depth * Math.ceil(inner / atMost / depth));
    const splits = Math.max(1, Math.ceil(inner / share));
    const filled = Math.min(1, (threads * splits) / enoughThreads);
    const reuse = (tile.rows * 4) / (tile.rows + 4);
    const cost = (tilesDown * tileRows(tile) * tilesAcross * tileColumns(tile)) / (filled * reuse);
    return { tile, tilesDown, tilesAcross, splits, share, cost };
  });
  return layouts.reduce((best, one) => (one.cost < best.cost ? one : best));
}
