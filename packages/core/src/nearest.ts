/** Edit distance with transpositions (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let current = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const before = previous;
    previous = current;
    current = [i];
    for (let j = 1; j <= b.length; j++) {
      let d = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      current.push(d);
    }
  }
  return current[b.length]!;
}

/** The name the user most likely meant, if any is near enough: a third of its letters may be wrong. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase().replaceAll(/[_\s]/g, "-");
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const d = known.startsWith(wanted) && wanted.length >= 3 ? 0.5 : editDistance(wanted, known);
    if (d < least) [best, least] = [candidate, d];
  }
  return best !== undefined && least <= Math.max(1, Math.ceil(Math.max(best.length, wanted.length) / 3))
    ? best
    : undefined;
}

/** ` Did you mean "x"?`, or nothing. */
export const didYouMean = (name: string, candidates: Iterable<string>): string => {
  const near = nearest(name, candidates);
  return near === undefined ? "" : ` Did you mean "${near}"?`;
};
