import type { Shader } from "../program.ts";
import { gridScalars, overGrid } from "./grid.ts";
import { once } from "./pass.ts";
import { chunkAt, chunkScalars, momentType, overChunks, setAt, setKey, setScalars } from "./normalize-forward.ts";
import { overSets, type Sets, type Team, typeOf, walkOf } from "./normalize-sets.ts";

const teamKey = ({ order, lanes }: Team): string => `${order} ${lanes}`;

/**
 * Whole sets by one team each: `dx` in one pass over memory. By columns, where each set is a channel, also what the sums of
 * `dy` and of `dy` · the normalized input are, which the gradients of scale and offset are made of.
 */
export function gradientWhole(team: Team): Shader {
  return once(`normalize gradient whole ${teamKey(team)}`, () => {
    const walk = walkOf(team);
    const type = typeOf(team.lanes);
    const rows = team.order === "rows";
    const momentsOf = rows ? "f32" : type;
    // By columns the scale is a factor of all sums.
    const slope = rows ? `dy[at] * scale[${walk.channel}]` : "dy[at]";
    return {
      bindings: [
        { name: "dy", type },
        { name: "x", type },
        { name: "scale", type },
        { name: "means", type: momentsOf },
        { name: "variances", type: momentsOf },
        { name: "dx", type, written: true },
        ...(rows
          ? []
          : ([
              { name: "sums", type, written: true },
              { name: "products", type, written: true },
            ] as const)),
      ],
      scalars: { team: "u32", ...walk.scalars, eps: "f32" },
      code: overSets(
        team,
        `${walk.begin}
  let numbers = max(1.0, f32(${rows ? `count * ${team.lanes}u` : "count"}));
  let own = select(0u, which, live);
  let mean = means[own];
  let inverse = 1.0 / sqrt(variances[own] + scalars.eps);
  var sum = V();
  var product = V();
  for (var i = member; i < count; i += team) {
    let at = ${walk.at};
    let slope = ${slope};
    sum += slope;
    product += slope * ((x[at] - mean) * inverse);
  }
  let sumOfAll = total(sum, local, member);
  let productOfAll = total(product, local, member);
  let shift = sumOfAll / numbers;
  let tilt = productOfAll / numbers * inverse;
  ${rows ? "" : "let factor = inverse * scale[channel];"}
  for (var i = member; i < count; i += team) {
    let at = ${walk.at};
    dx[at] = (${slope} - shift - (x[at] - mean) * tilt) * ${rows ? "inverse" : "factor"};
  }
  ${
    rows
      ? ""
      : `if (live && member == 0u) {
    sums[which] = sumOfAll;
    products[which] = productOfAll;
  }`
  }`,
      ),
    };
  });
}

/** Σ `dy` and Σ `dy` · the normalized input, of each channel in each piece of a sample's rows: `[samples · chunks, C]`. */
export const chunkSums = (team: Team, sets: Sets): Shader =>
  once(`normalize gradient chunks ${teamKey(team)} ${setKey(sets)}`, () => {
    const walk = walkOf(team);
    const type = typeOf(team.lanes);
    return {
      bindings: [
        { name: "dy", type },
        { name: "x", type },
        { name: "means", type: momentType(sets) },
        { name: "variances", type: momentType(sets) },
        { name: "sums", type, written: true },
        { name: "products", type, written: true },
      ],
      scalars: { team: "u32", ...walk.scalars, ...setScalars, eps: "f32" },
      code: overSets(
        team,
        `${walk.begin}
  var sum = V();
  var product = V();
  for (var i = member; i < count; i += team) {
    let at = ${walk.at};
    let own = ${setAt(sets, "firstRow + i", "channel")};
    sum += dy[at];
    product += dy[at] * ((x[at] - means[own]) * (1.0 / sqrt(variances[own] + scalars.eps)));
  }
  let sumOfAll = total(sum, local, member);
  let productOfAll = total(product, local, member);
  if (live && member == 0u) {
    sums[which] = sumOfAll;
    products[which] = productOfAll;
  }`,
      ),
    };
  });

/** Both sums of each channel over all pieces: `[slices, C]` → `[C]`. */
export const sumChunks = (team: Team): Shader =>
  once(`normalize gradient sums ${teamKey(team)}`, () => {
    const type = typeOf(team.lanes);
    return {
      bindings: [
        { name: "sums", type },
        { name: "products", type },
        { name: "sum", type, written: true },
        { name: "product", type, written: true },
      ],
      scalars: { team: "u32", sets: "u32", slices: "u32" },
      code: overSets(
        team,
        `
  var a = V();
  var b = V();
  for (var i = member; i < select(0u, scalars.slices, live); i += team) {
    a += sums[i * scalars.sets + which];
    b += products[i * scalars.sets + which];
  }
  let sumOfAll = total(a, local, member);
  let productOfAll = total(b, local, member);
  if (live && member == 0u) {
    sum[which] = sumOfAll;
    product[which] = productOfAll;
  }`,
      ),
    };
  });

/** Both sums of each set, of `dy` · scale, over its pieces and channels: `[samples · chunks, C]` → `[samples, groups]`. */
export const mergeSums = (team: Team): Shader =>
  once(`normalize gradient merge ${teamKey(team)}`, () => ({
    bindings: [
      { name: "sums", type: "f32" },
      { name: "products", type: "f32" },
      { name: "scale", type: "f32" },
      { name: "sum", type: "f32", written: true },
      { name: "product", type: "f32", written: true },
    ],
    scalars: chunkScalars,
    code: overSets(
      team,
      `${overChunks}
  var a = 0.0;
  var b = 0.0;
  for (var i = member; i < count; i += team) {
    let at = ${chunkAt};
    let factor = scale[firstChannel + i % scalars.width];
    a += factor * sums[at];
    b += factor * products[at];
  }
  let sumOfAll = total(a, local, member);
  let productOfAll = total(b, local, member);
  if (live && member == 0u) {
    sum[which] = sumOfAll;
    product[which] = productOfAll;
  }`,
    ),
  }));

/**
 * `dx` from the sums of sets: reads and writes each number once.
 *
 * @param ofChannels - the sums are of `dy` itself: each set is a channel
 */
export const applySums = (sets: Sets, ofChannels: boolean): Shader =>
  once(`normalize gradient apply ${setKey(sets)} ${ofChannels}`, () => {
    const type = typeOf(sets.lanes);
    const perSet = momentType(sets);
    return {
      bindings: [
        { name: "dy", type },
        { name: "x", type },
        { name: "scale", type },
        { name: "means", type: perSet },
        { name: "variances", type: perSet },
        { name: "sums", type: perSet },
        { name: "products", type: perSet },
        { name: "dx", type, written: true },
      ],
      scalars: { ...gridScalars, ...setScalars, eps: "f32", numbers: "f32" },
      code: overGrid(`
      let which = ${setAt(sets)};
      let at = row * scalars.columns + column;
      let inverse = 1.0 / sqrt(variances[which] + scalars.eps);
      let shift = sums[which] / scalars.numbers;
      let tilt = products[which] / scalars.numbers * inverse;
      ${
        ofChannels
          ? "dx[at] = (dy[at] - shift - (x[at] - means[which]) * tilt) * (inverse * scale[column]);"
          : "dx[at] = (dy[at] * scale[column] - shift - (x[at] - means[which]) * tilt) * inverse;"
      }`),
    };
  });
