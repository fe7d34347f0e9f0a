/**
 * SVG path data of a polyline `[x0, y0, x1, y1, …]`: one absolute start, then relative steps, to 1/10 px (1/100 px for
 * up to 300 points, where it costs little and a read-out gains a digit). Steps are taken between rounded positions, so that rounding does not add up.
 */
export function pathData(points: ArrayLike<number>): string {
  const unit = points.length > 600 ? 10 : 100;
  if (points.length < 2) return "";
  let x = Math.round(points[0]! * unit);
  let y = Math.round(points[1]! * unit);
  let out = `M${short(x / unit)} ${short(y / unit)}`;
  // A point on its own is drawn as a dot by round line caps.
  if (points.length === 2) return `${out}h0`;
  for (let i = 2; i < points.length; i += 2) {
    const nextX = Math.round(points[i]! * unit);
    const nextY = Math.round(points[i + 1]! * unit);
    const [dx, dy] = [short((nextX - x) / unit), short((nextY - y) / unit)];
    out += `${i === 2 ? "l" : separator(dx)}${dx}${separator(dy)}${dy}`;
    x = nextX;
    y = nextY;
  }
  return out;
}

const separator = (number: string): string => (number.startsWith("-") ? "" : " ");

/** `0.5` → `.5`; at most two decimals. */
const short = (value: number): string => String(Math.round(value * 100) / 100).replace(/^(-?)0\./, "$1.");
