/** Threads along columns and along rows of a workgroup's part of a product, and the rows of each thread; 4 columns each. */
export interface Tile {
  readonly across: number;
  readonly down: number;
  readonly rows: 4 | 8;
}

/** Inner elements that are brought into workgroup memory at a time. */
export const depth = 16;

/** Of 128 × 64, 64 × 64, 128 × 32, 32 × 32, 128 × 16 and 16 × 64 elements. */
const tiles: readonly Tile[] = [
  { across: 16, down: 16, rows: 8 },
  { across: 16, down: 16, rows: 4 },
  { across: 8, down: 16, rows: 8 },
  { across: 8, down: 8, rows: 4 },
  { across: 4, down: 32, rows: 4 },
  { across: 16, down: 4, rows: 4 },
];
/** A software adapter takes a second or more to compile a tile, and longer than that to compute what it is asked for. */
const softwareTiles: readonly Tile[] = [{ across: 8, down: 8, rows: 4 }];

/** The tiles to choose from. */
export const tilesFor = (software: boolean): readonly Tile[] => (software ? softwareTiles : tiles);

/** A large card's, threads that each runs at the registers that a tile takes, and those that make it half as fast as it can be. */
const processors = 132;
const mostThreads = 512;
const halfThreads = 128;
/** Inner elements that a share of a split product has at least, and at most: longer sums lose digits. */
const leastShare = 128;
const mostShare = 16384;
/** Elements of all the partial results of a split product together. */
const mostPartials = 2 ** 24;
/** What a read from workgroup memory (of four) and one from the card's memory cost, in multiplications of a thread. */
const sharedCost = 1.3;
const globalCost = 20;

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
 * The tiling of `batches` products of `rows` × `inner` by `inner` × `columns` that is estimated to be fastest: little
 * arithmetic on what lies beyond the edges, much for each element that is brought, and threads enough to fill the card, if
 * need be by splitting the inner dimension.
 */
export function layOut(
  rows: number,
  columns: number,
  inner: number,
  batches: number,
  { maySplit, tiles: all }: { readonly maySplit: boolean; readonly tiles: readonly Tile[] },
): Layout {
  const layouts = all.flatMap((tile) => {
    const [height, width] = [tileRows(tile), tileColumns(tile)];
    const tilesDown = Math.ceil(rows / height);
    const tilesAcross = Math.ceil(columns / width);
    const threads = tile.across * tile.down;
    const groups = tilesDown * tilesAcross * batches;
    const needed = Math.ceil(inner / mostShare);
    const wanted = Math.min(
      Math.floor((processors * mostThreads) / (groups * threads)),
      Math.floor(inner / leastShare),
    );
    const most = maySplit ? Math.floor(mostPartials / (rows * columns * batches)) : 1;
    return [needed, Math.max(needed, wanted)].map((number) => {
      const share = depth * Math.max(1, Math.ceil(inner / Math.max(1, Math.min(number, most)) / depth));
      const splits = Math.max(1, Math.ceil(inner / share));
      const busy = Math.min(processors, groups * splits);
      const running = Math.min(mostThreads, (groups * splits * threads) / busy);
      const speed = (busy / processors) * (running / (running + halfThreads));
      const each =
        1 +
        (sharedCost * (tile.rows + 4)) / (tile.rows * 4) +
        globalCost * ((height + width) / (height * width) + (splits > 1 ? (2 * splits) / inner : 0));
      const cost = (tilesDown * height * tilesAcross * width * each * batches) / speed;
      return { tile, tilesDown, tilesAcross, splits, share, cost };
    });
  });
  return layouts.reduce((best, one) => (one.cost < best.cost ? one : best));
}
