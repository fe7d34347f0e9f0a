/** The little of semver that `core: ">=0.1.0 <1"` needs: comparators, `^`, `~`, `x`, `||`. Prereleases count as their release. */
type Version = readonly [number, number, number];

function parse(text: string): Version | undefined {
  const m = /^v?(\d+)(?:\.(\d+|x|\*))?(?:\.(\d+|x|\*))?(?:[-+].*)?$/.exec(text.trim());
  if (!m) return undefined;
  const part = (s: string | undefined): number => (s === undefined || s === "x" || s === "*" ? 0 : Number(s));
  return [Number(m[1]), part(m[2]), part(m[3])];
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

function comparator(text: string): ((v: Version) => boolean) | undefined {
  if (text === "*" || text === "") return () => true;
  const m = /^(>=|<=|>|<|=|\^|~)?(.+)$/.exec(text);
  const v = m && parse(m[2]!);
  if (!m || !v) return undefined;
  const parts = m[2]!.split(".").filter((p) => p !== "x" && p !== "*").length;
  const below = (top: Version) => (x: Version) => compare(x, v) >= 0 && compare(x, top) < 0;
  switch (m[1]) {
    case ">=":
      return (x) => compare(x, v) >= 0;
    case "<=":
      return (x) => compare(x, v) <= 0;
    case ">":
      return (x) => compare(x, v) > 0;
    case "<":
      return (x) => compare(x, v) < 0;
    case "^":
      return below(
        v[0] > 0 || parts < 2 ? [v[0] + 1, 0, 0] : v[1] > 0 || parts < 3 ? [0, v[1] + 1, 0] : [0, 0, v[2] + 1],
      );
    case "~":
      return below(parts < 2 ? [v[0] + 1, 0, 0] : [v[0], v[1] + 1, 0]);
    default:
      return parts === 1
        ? below([v[0] + 1, 0, 0])
        : parts === 2
          ? below([v[0], v[1] + 1, 0])
          : (x) => compare(x, v) === 0;
  }
}

/** Whether a version is in a range; undefined where either cannot be read. */
export function satisfies(version: string, range: string): boolean | undefined {
  const v = parse(version);
  if (!v) return undefined;
  let any = false;
  for (const alternative of range.split("||")) {
    const tests = alternative
      .trim()
      .replaceAll(/([<>=^~])\s+/g, "$1")
      .split(/\s+/)
      .map(comparator);
    if (tests.some((t) => t === undefined)) return undefined;
    any ||= tests.every((t) => t!(v));
  }
  return any;
}
