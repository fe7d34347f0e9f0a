/** Numbers straight from the bytes of a text file: a table of 10 MB would else be a million strings. */

const powers = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

/** What stands for "no number here": becomes NaN. */
const missing = new Set(["", "nan", "na", "n/a", "null", "none", "-", "--", "#n/a", "?"]);
const infinite = /^([+-]?)(inf|infinity)$/;

/**
 * The number in `bytes[start, end)`, correctly rounded; NaN where the cell stands for a missing value; undefined where
 * it is text. A unit right behind the number is not part of it.
 *
 * @param decimal - code of the decimal mark, `.` or `,`
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number, decimal: number): number | undefined {
  let at = start;
  let negative = false;
  if (bytes[at] === 45 || bytes[at] === 43) negative = bytes[at++] === 45;
  let digits = 0;
  let mantissa = 0;
  let scale = 0;
  let seenMark = false;
  for (; at < end; at++) {
    const c = bytes[at]!;
    if (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48);
      digits++;
      if (seenMark) scale--;
    } else if (c === decimal && !seenMark) seenMark = true;
    else break;
  }
  if (digits === 0) return unusual(bytes, start, end);
  if (at < end && (bytes[at] === 101 || bytes[at] === 69)) {
    let e = at + 1;
    const down = bytes[e] === 45;
    if (down || bytes[e] === 43) e++;
    let exponent = 0;
    const from = e;
    for (; e < end && bytes[e]! >= 48 && bytes[e]! <= 57 && exponent < 10_000; e++)
      exponent = exponent * 10 + (bytes[e]! - 48);
    if (e === from) return undefined;
    scale += down ? -exponent : exponent;
    at = e;
  }
  if (at !== end) return undefined;
  // Clinger's fast path: both factors are exact, so that one operation rounds once.
  if (digits <= 15 && scale >= -22 && scale <= 22) {
    const value = scale < 0 ? mantissa / powers[-scale]! : mantissa * powers[scale]!;
    return negative ? -value : value;
  }
  let text = "";
  for (let i = start; i < end; i++) text += bytes[i] === decimal ? "." : String.fromCharCode(bytes[i]!);
  return Number(text);
}

function unusual(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start > 10) return undefined;
  const text = String.fromCharCode(...bytes.subarray(start, end)).toLowerCase();
  if (missing.has(text)) return NaN;
  const sign = infinite.exec(text)?.[1];
  return sign === undefined ? undefined : sign === "-" ? -Infinity : Infinity;
}
