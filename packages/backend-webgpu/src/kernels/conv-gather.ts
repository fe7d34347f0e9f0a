import { namedTypes } from "./conv-plan.ts";
import type { Factor } from "./gemm-factor.ts";
import { depth } from "./gemm-tiles.ts";
import { remembered } from "./remembered.ts";

/**
 * Places (of the output, or of what is computed in its stead) and taps (of the kernel, a channel each) as indices: the last
 * runs fastest. Carrying divides only where something is carried, which from one step to the next it rarely is.
 */
const states = `
  struct Place { w: u32, h: u32, d: u32, n: u32 }
  struct Tap { c: u32, w: u32, h: u32, d: u32 }
  fn placeAfter(given: Place, steps: u32) -> Place {
    var p = given;
    p.w += steps;
    if (p.w >= scalars.placesW) { p.h += p.w / scalars.placesW; p.w %= scalars.placesW; }
    if (p.h >= scalars.placesH) { p.d += p.h / scalars.placesH; p.h %= scalars.placesH; }
    if (p.d >= scalars.placesD) { p.n += p.d / scalars.placesD; p.d %= scalars.placesD; }
    return p;
  }
  fn tapAfter(given: Tap, steps: u32) -> Tap {
    var t = given;
    t.c += steps;
    if (t.c >= scalars.channels) { t.w += t.c / scalars.channels; t.c %= scalars.channels; }
    if (t.w >= scalars.tapsW) { t.h += t.w / scalars.tapsW; t.w %= scalars.tapsW; }
    if (t.h >= scalars.tapsH) { t.d += t.h / scalars.tapsH; t.h %= scalars.tapsH; }
    return t;
  }
  fn nextTap(t: Tap) -> Tap {
    let channel = t.c + 1u == scalars.channels;
    let w = t.w + u32(channel);
    let column = w == scalars.tapsW;
    let h = t.h + u32(column);
    let row = h == scalars.tapsH;
    return Tap(select(t.c + 1u, 0u, channel), select(w, 0u, column), select(h, 0u, row), t.d + u32(row));
  }
  fn placeAt(index: u32) -> Place { return placeAfter(Place(), index); }
  fn tapAt(index: u32) -> Tap { return tapAfter(Tap(), index); }`;

/**
 * The left factor of a convolution, places by taps, which lies nowhere in memory: the element of a place and a tap is the
 * tensor's at `place · step + offset + tap · tapStep`, zero where that is outside.
 *
 * @param along - `inner`: rows are places and it is summed over taps; `outer`: rows are taps, and it is summed over places
 * @param wide - whether four divides the number of channels
 */
export const gathered = remembered((along: Factor["along"], wide: boolean): Factor => {
  const [outer, inner] = along === "inner" ? ["place", "tap"] : ["tap", "place"];
  const type = { place: "Place", tap: "Tap" } as Record<string, string>;
  const one = `
    fn leftFour(p: Place, t: Tap) -> vec4<f32> {
      let at = positionOf(p, t);
      return select(vec4(0.0), left[u32(max(at, 0)) >> 2u], at >= 0);
    }`;
  // A loop, as SwiftShader compiles the same written out for minutes.
  const four = `
    fn leftOne(p: Place, t: Tap) -> f32 {
      let at = positionOf(p, t);
      return select(0.0, left[max(at, 0)], at >= 0);
    }
    fn leftFour(p: Place, first: Tap) -> vec4<f32> {
      var t = first;
      var values: vec4<f32>;
      for (var i = 0u; i < 4u; i++) {
        values[i] = leftOne(p, t);
        t = nextTap(t);
      }
      return values;
    }`;
  return {
    key: `gathered ${along} ${wide}`,
    along,
    wide,
    scalars: {
      batch: "u32",
      channels: "u32",
      ...namedTypes("u32", "places", "taps", "size"),
      ...namedTypes("i32", "step", "offset", "tapStep"),
    },
    code: `
    ${states}
    fn positionOf(p: Place, t: Tap) -> i32 {
      let d = i32(p.d) * scalars.stepD + scalars.offsetD + i32(t.d) * scalars.tapStepD;
      let h = i32(p.h) * scalars.stepH + scalars.offsetH + i32(t.h) * scalars.tapStepH;
      let w = i32(p.w) * scalars.stepW + scalars.offsetW + i32(t.w) * scalars.tapStepW;
      let inside = u32(d) < scalars.sizeD && u32(h) < scalars.sizeH && u32(w) < scalars.sizeW;
      let at = (((p.n * scalars.sizeD + u32(d)) * scalars.sizeH + u32(h)) * scalars.sizeW + u32(w)) * scalars.channels + t.c;
      return select(-1, i32(at), inside && p.n < scalars.batch && t.d < scalars.tapsD);
    }
    ${wide ? one : four}
    fn leftOuter(index: u32) -> ${type[outer]!} { return ${outer}At(index); }
    fn leftInner(index: u32) -> ${type[inner]!} { return ${inner}At(index); }
    fn leftNext(inner: ${type[inner]!}) -> ${type[inner]!} { return ${inner}After(inner, ${depth}u); }
    fn leftLoad(outer: ${type[outer]!}, inner: ${type[inner]!}) -> vec4<f32> {
      return ${along === "inner" ? "leftFour(outer, inner)" : "leftFour(inner, outer)"};
    }`,
  };
});

/**
 * The right factor of a convolution's gradient with respect to its input: the filter `[kd, kh, kw, columns, channels]`, of which
 * the taps from `first` on, `every` apart, take part. Goes with {@link gathered} along `inner`.
 */
export const turnedFilter = remembered((wide: boolean): Factor => {
  return {
    key: `turned filter ${wide}`,
    along: "inner",
    wide,
    scalars: { ...namedTypes("u32", "first", "every", "filter") },
    code: `
    fn filterPosition(column: u32, t: Tap) -> u32 {
      let tap = ((scalars.firstD + t.d * scalars.everyD) * scalars.filterH + scalars.firstH + t.h * scalars.everyH) * scalars.filterW
        + scalars.firstW + t.w * scalars.everyW;
      return (tap * scalars.columns + column) * scalars.channels + t.c;
    }
    fn rightOuter(index: u32) -> u32 { return index; }
    fn rightInner(index: u32) -> Tap { return tapAt(index); }
    fn rightNext(inner: Tap) -> Tap { return tapAfter(inner, ${depth}u); }
    ${
      wide
        ? `
    fn rightLoad(column: u32, t: Tap) -> vec4<f32> {
      let inside = column < scalars.columns && t.d < scalars.tapsD;
      return select(vec4(0.0), right[select(0u, filterPosition(column, t) >> 2u, inside)], inside);
    }`
        : `
    fn rightLoad(column: u32, first: Tap) -> vec4<f32> {
      var t = first;
      var values: vec4<f32>;
      for (var i = 0u; i < 4u; i++) {
        let inside = column < scalars.columns && t.d < scalars.tapsD;
        values[i] = select(0.0, right[select(0u, filterPosition(column, t), inside)], inside);
        t = nextTap(t);
      }
      return values;
    }`
    }`,
  };
});

/** Puts the rows of places that are `apart` from each other, from `from` on, where they are among all of the tensor. */
export const spreadPlaces = {
  key: "spread",
  scalars: { ...namedTypes("u32", "from", "apart", "whole") },
  code: `
    fn rowAt(row: u32) -> u32 {
      let p = placeAt(row);
      let d = scalars.fromD + p.d * scalars.apartD;
      let h = scalars.fromH + p.h * scalars.apartH;
      let w = scalars.fromW + p.w * scalars.apartW;
      return ((p.n * scalars.wholeD + d) * scalars.wholeH + h) * scalars.wholeW + w;
    }`,
};
