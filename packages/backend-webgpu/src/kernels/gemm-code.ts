import type { Factor, Side } from "./gemm-factor.ts";
import { depth, type Tile, tileColumns, tileRows } from "./gemm-tiles.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const letters = ["x", "y", "z", "w"] as const;
const fours = depth / 4;
/** Four-vectors from one outer index to the next, where they lie along the inner one; an odd number keeps threads off each other's memory banks. */
const pitch = fours + 1;

/** A factor's part of the tile in workgroup memory: `size` outer indices by `depth` inner ones, as four-vectors along one of them. */
interface Part {
  readonly factor: Factor;
  readonly size: number;
  readonly threads: number;
}

const vectors = ({ factor, size }: Part): number => (factor.along === "inner" ? size * pitch : (size / 4) * depth);

/** How many four-vectors each thread brings. */
const loads = ({ size, threads }: Part): number => Math.ceil((size * fours) / threads);

/**
 * What a thread brings: its i-th four-vector is the `thread + i · threads`-th of the part. All have the same inner state (they lie
 * along it), or the same outer one.
 */
function bringing(side: Side, part: Part, start: string): { first: string; next: string; store: string } {
  const { factor, size, threads } = part;
  const all = range(loads(part));
  const across = size / 4;
  const inner = factor.along === "inner";
  const outerOf = (i: number): string =>
    inner ? `(thread >> 2u) + ${(i * threads) / 4}u` : `(thread % ${across}u) * 4u`;
  const innerOf = (i: number): string =>
    inner ? `(thread & 3u) * 4u` : `thread / ${across}u + ${(i * threads) / across}u`;
  const slot = (i: number): string =>
    inner ? `(${outerOf(i)}) * ${pitch}u + (thread & 3u)` : `thread + ${i * threads}u`;
  const outers = all.slice(0, inner ? undefined : 1);
  const inners = all.slice(0, inner ? 1 : undefined);
  const load = all.map((i) => `${side}${i} = ${side}Load(${side}Outer${inner ? i : 0}, ${side}Inner${inner ? 0 : i});`);
  // A part may have fewer four-vectors than the group has threads.
  const few = size * fours < threads ? `if (thread < ${size * fours}u) ` : "";
  return {
    first: [
      ...outers.map((i) => `let ${side}Outer${i} = ${side}Outer(${start} + ${outerOf(i)});`),
      ...inners.map((i) => `var ${side}Inner${i} = ${side}Inner(first + ${innerOf(i)});`),
      ...load.map((l) => `var ${l}`),
    ].join("\n"),
    next: [...inners.map((i) => `${side}Inner${i} = ${side}Next(${side}Inner${i});`), ...load].join("\n"),
    store: all.map((i) => `${few}{ ${side}Tile[${slot(i)}] = ${side}${i}; }`).join("\n"),
  };
}

/** The sums' update by four inner elements, the `four`-th four of the tile. Vectors over the columns, one for each row. */
function update({ across, down, rows }: Tile, left: Factor, right: Factor): string {
  const lines: string[] = [];
  const leftInner = left.along === "inner";
  const rightInner = right.along === "inner";
  if (leftInner)
    for (const i of range(rows)) lines.push(`let a${i} = leftTile[(y + ${i * down}u) * ${pitch}u + four];`);
  if (rightInner)
    for (const j of range(4)) lines.push(`let b${j} = rightTile[(x + ${j * across}u) * ${pitch}u + four];`);
  for (const k of range(4)) {
    const letter = letters[k]!;
    const at = `(four * 4u + ${k}u)`;
    if (!leftInner)
      for (const h of range(rows / 4))
        lines.push(`let a${k}_${h} = leftTile[${at} * ${(down * rows) / 4}u + y + ${h * down}u];`);
    const columns = rightInner
      ? `vec4(${range(4)
          .map((j) => `b${j}.${letter}`)
          .join(", ")})`
      : `rightTile[${at} * ${across}u + x]`;
    lines.push(`let columns${k} = ${columns};`);
    for (const i of range(rows))
      lines.push(`sum${i} += ${leftInner ? `a${i}.${letter}` : `a${k}_${i >> 2}.${letters[i & 3]!}`} * columns${k};`);
  }
  return lines.join("\n");
}

/** Which row of the tile a thread's i-th is, and which column its first: its others are next to it, or `across` apart. */
const rowOf = ({ down }: Tile, { along }: Factor, i: number): string =>
  along === "inner" ? `y + ${i * down}u` : `(y + ${(i >> 2) * down}u) * 4u + ${i & 3}u`;
const columnOf = ({ along }: Factor): string => (along === "inner" ? "x" : "x * 4u");

/** Whether four columns of a thread are written as one. */
export const writesFours = (right: Factor): boolean => right.along === "outer" && right.wide;

/** `fn put(row, column, slice, sums)`: four columns of a row of the result, those within it. */
function putting(tile: Tile, right: Factor): string {
  const step = right.along === "inner" ? tile.across : 1;
  const value = (j: number): string => `finish(sums.${letters[j]!}, column + ${j * step}u)`;
  const each = range(4).map(
    (j) => `if (column + ${j * step}u < scalars.columns) { result[at + ${j * step}u] = ${value(j)}; }`,
  );
  const together = `if (column < scalars.columns) { result[at >> 2u] = vec4(${range(4).map(value).join(", ")}); }`;
  return `
  fn put(row: u32, column: u32, slice: u32, sums: vec4<f32>) {
    if (row >= scalars.rows) { return; }
    let at = (slice * scalars.rows + rowAt(row)) * scalars.columns + column;
    ${writesFours(right) ? together : each.join("\n")}
  }`;
}

/**
 * WGSL of a tiled product. A group of threads computes a tile of the result, each thread 4 or 8 rows by 4 columns in
 * registers; both factors' parts come to workgroup memory 16 inner elements at a time, the next ones being on their way
 * from the card's memory meanwhile. Groups next to each other share rows of the left factor. Floor: the arithmetic, as each element
 * brought is used 64 to 128 times and each read from workgroup memory 2 to 5 times.
 *
 * @param setup - WGSL at the start, which sees `batch`
 * @param helpers - WGSL with `fn finish(value, column)` and `fn rowAt(row)`
 */
export function productCode(tile: Tile, left: Factor, right: Factor, helpers: string, setup: string): string {
  const threads = tile.across * tile.down;
  const leftPart: Part = { factor: left, size: tileRows(tile), threads };
  const rightPart: Part = { factor: right, size: tileColumns(tile), threads };
  const a = bringing("left", leftPart, "tileRow");
  const b = bringing("right", rightPart, "tileColumn");
  const rows = range(tile.rows);
  return `
  ${left.code}
  ${right.code}
  ${helpers}
  var<workgroup> leftTile: array<vec4<f32>, ${vectors(leftPart)}>;
  var<workgroup> rightTile: array<vec4<f32>, ${vectors(rightPart)}>;
  ${putting(tile, right)}
  @compute @workgroup_size(${threads})
  fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let id = group.x + group.y * groups.x;
    let tiles = scalars.tilesAcross * scalars.tilesDown;
    let slice = id / tiles;
    if (slice >= scalars.slices) { return; }
    let batch = slice % scalars.batches;
    let first = slice / scalars.batches * scalars.share;
    let last = min(first + scalars.share, scalars.inner);
    let tileRow = id % tiles / scalars.tilesAcross * ${tileRows(tile)}u;
    let tileColumn = id % tiles % scalars.tilesAcross * ${tileColumns(tile)}u;
    let x = thread % ${tile.across}u;
    let y = thread / ${tile.across}u;
    ${setup}
    ${a.first}
    ${b.first}
    ${rows.map((i) => `var sum${i} = vec4(0.0);`).join("\n")}
    for (var k = first; k < last; k += ${depth}u) {
      ${a.store}
      ${b.store}
      workgroupBarrier();
      if (k + ${depth}u < last) {
        ${a.next}
        ${b.next}
      }
      for (var four = 0u; four < ${fours}u; four++) {
        ${update(tile, left, right)}
      }
      workgroupBarrier();
    }
    ${rows.map((i) => `put(tileRow + ${rowOf(tile, left, i)}, tileColumn + ${columnOf(right)}, slice, sum${i});`).join("\n")}
  }`;
}
