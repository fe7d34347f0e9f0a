import type { Shader } from "../program.ts";
import { gridScalars, overGrid } from "./grid.ts";
import { once } from "./pass.ts";
import { overSets, type Sets, type Team, typeOf, walkOf } from "./normalize-sets.ts";

const teamKey = ({ order, lanes }: Team): string => `${order} ${lanes}`;

/**
 * WGSL: the numbers' mean as far as it is rounded, `about`, and what the differences from it add up to, `left`, and their
 * squares, `square`: exact to the last bits of float32 whatever the mean (Chan, Golub and LeVeque, "Algorithms for computing
 * the sample variance", The American Statistician 37, 1983).
 */
const moments = ({ at }: { readonly at: string }, numbers: string): string => `
  let numbers = max(1.0, f32(${numbers}));
  var sum = V();
  for (var i = member; i < count; i += team) { sum += x[${at}]; }
  let about = total(sum, local, member) / numbers;
  var rest = V();
  var parted = V();
  for (var i = member; i < count; i += team) {
    let difference = x[${at}] - about;
    rest += difference;
    parted += difference * difference;
  }
  let left = total(rest, local, member);
  let square = total(parted, local, member);`;

/** Whole sets by one team each: statistics and result in one pass over memory. */
export function normalizeWhole(team: Team): Shader {
  return once(`normalize whole ${teamKey(team)}`, () => {
    const walk = walkOf(team);
    const type = typeOf(team.lanes);
    const rows = team.order === "rows";
    return {
      bindings: [
        { name: "x", type },
        { name: "scale", type },
        { name: "offset", type },
        { name: "y", type, written: true },
        { name: "means", type: rows ? "f32" : type, written: true },
        { name: "variances", type: rows ? "f32" : type, written: true },
      ],
      scalars: { team: "u32", ...walk.scalars, eps: "f32" },
      code: overSets(
        team,
        `${walk.begin}
  ${moments(walk, rows ? `count * ${team.lanes}u` : "count")}
  let mean = about + left / numbers;
  let variance = max(V(), square - left * left / numbers) / numbers;
  let inverse = V(1.0) / sqrt(variance + V(scalars.eps));
  for (var i = member; i < count; i += team) {
    let at = ${walk.at};
    y[at] = (x[at] - mean) * (inverse * scale[${walk.channel}]) + offset[${walk.channel}];
  }
  if (live && member == 0u) {
    means[which] = mean${rows && team.lanes === 4 ? ".x" : ""};
    variances[which] = variance${rows && team.lanes === 4 ? ".x" : ""};
  }`,
      ),
    };
  });
}

/** What {@link moments} finds of each channel in each piece of a sample's rows: three tensors `[samples · chunks, C]`. */
export const chunkMoments = (team: Team): Shader =>
  once(`normalize chunks ${teamKey(team)}`, () => {
    const walk = walkOf(team);
    const type = typeOf(team.lanes);
    return {
      bindings: [
        { name: "x", type },
        { name: "abouts", type, written: true },
        { name: "rests", type, written: true },
        { name: "squares", type, written: true },
      ],
      scalars: { team: "u32", ...walk.scalars },
      code: overSets(
        team,
        `${walk.begin}
  ${moments(walk, "count")}
  if (live && member == 0u) {
    abouts[which] = about;
    rests[which] = left;
    squares[which] = square;
  }`,
      ),
    };
  });

/** Scalars of {@link overChunks}. */
export const chunkScalars = {
  team: "u32",
  sets: "u32",
  channels: "u32",
  groups: "u32",
  width: "u32",
  chunks: "u32",
  chunkRows: "u32",
  rows: "u32",
} as const;
export const chunkValues = (
  { samples, channels, groups, width, rows }: Sets,
  chunks: { readonly rows: number; readonly count: number },
): number[] => [samples * groups, channels, groups, width, chunks.count, chunks.rows, rows];

/** WGSL: what a set has of all pieces, `count` in all, the i-th at `chunkAt`. */
export const overChunks = `
  let firstChannel = which % scalars.groups * scalars.width;
  let firstSlice = which / scalars.groups * scalars.chunks;
  let count = select(0u, scalars.chunks * scalars.width, live);`;
export const chunkAt = "(firstSlice + i / scalars.width) * scalars.channels + firstChannel + i % scalars.width";

/** The moments of sets from those of their pieces, all of them taken about one number, and corrected in the same way. */
export const mergeMoments = (team: Team): Shader =>
  once(`normalize merge ${teamKey(team)}`, () => ({
    bindings: [
      { name: "abouts", type: "f32" },
      { name: "rests", type: "f32" },
      { name: "squares", type: "f32" },
      { name: "means", type: "f32", written: true },
      { name: "variances", type: "f32", written: true },
    ],
    scalars: chunkScalars,
    code: `
fn rowsOf(i: u32) -> f32 {
  return f32(min(scalars.chunkRows, scalars.rows - i / scalars.width * scalars.chunkRows));
}
${overSets(
  team,
  `${overChunks}
  let numbers = f32(scalars.rows) * f32(scalars.width);
  let some = abouts[select(0u, firstSlice * scalars.channels + firstChannel, live)];
  var sum = 0.0;
  for (var i = member; i < count; i += team) {
    let at = ${chunkAt};
    sum += rowsOf(i) * (abouts[at] - some) + rests[at];
  }
  let about = some + total(sum, local, member) / numbers;
  var rest = 0.0;
  var parted = 0.0;
  for (var i = member; i < count; i += team) {
    let at = ${chunkAt};
    let apart = abouts[at] - about;
    rest += rowsOf(i) * apart + rests[at];
    parted += (rowsOf(i) * apart + 2.0 * rests[at]) * apart + squares[at];
  }
  let left = total(rest, local, member);
  let square = total(parted, local, member);
  if (live && member == 0u) {
    means[which] = about + left / numbers;
    variances[which] = max(0.0, square - left * left / numbers) / numbers;
  }`,
)}`,
  }));

/** WGSL: of a row and a column of `x`, which set it belongs to: an index into arrays of the type {@link momentType}. */
export const setAt = ({ acrossBatch, width }: Sets, row = "row", column = "column"): string => {
  const group = width === 1 ? column : `(${column}) / scalars.width`;
  return acrossBatch ? group : `(${row}) / scalars.positions * scalars.groups + ${group}`;
};
/** Four channels have four moments where each is a set of its own. */
export const momentType = ({ width, lanes }: Sets): "f32" | "vec4<f32>" => (width === 1 ? typeOf(lanes) : "f32");
/** What decides on the text of {@link setAt}. */
export const setKey = ({ acrossBatch, width, lanes }: Sets): string => `${acrossBatch} ${width === 1} ${lanes}`;
export const setScalars = { width: "u32", positions: "u32", groups: "u32" } as const;
export const setValues = ({ width, positions, groups, lanes }: Sets): number[] =>
  width === 1 ? [1, positions, groups / lanes] : [width / lanes, positions, groups];

/** The result from the moments: reads and writes each number once. */
export const applyMoments = (sets: Sets): Shader =>
  once(`normalize apply ${setKey(sets)}`, () => {
    const type = typeOf(sets.lanes);
    return {
      bindings: [
        { name: "x", type },
        { name: "scale", type },
        { name: "offset", type },
        { name: "means", type: momentType(sets) },
        { name: "variances", type: momentType(sets) },
        { name: "y", type, written: true },
      ],
      scalars: { ...gridScalars, ...setScalars, eps: "f32" },
      code: overGrid(`
      let which = ${setAt(sets)};
      let at = row * scalars.columns + column;
      let inverse = 1.0 / sqrt(variances[which] + scalars.eps);
      y[at] = (x[at] - means[which]) * (inverse * scale[column]) + offset[column];`),
    };
  });
