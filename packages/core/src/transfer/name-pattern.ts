import { SpectraiError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** What braces may stand for together; more is no pattern that a person writes. */
const mostAlternatives = 1000;

/**
 * A test of dotted names: `*` is any characters, dots too, `?` one, `{a,b}` either.
 *
 * @throws SPECTRAI_CONFIG_INVALID where the braces stand for more than a thousand patterns
 */
export function namePattern(pattern: string): (name: string) => boolean {
  const groups = [...pattern.matchAll(/\{([^{}]*)\}/g)].map(([, inside]) => inside!.split(",").length);
  if (groups.reduce((n, g) => n * g, 1) > mostAlternatives)
    throw new SpectraiError(
      "SPECTRAI_CONFIG_INVALID",
      `The pattern "${pattern.slice(0, 80)}" stands for more than ${mostAlternatives} others; write several patterns, or use *.`,
    );
  const alternatives = expandBraces(pattern);
  return (name) => alternatives.some((a) => matches(a, name));
}

/** `a.{b,c}` → `a.b`, `a.c`. A brace without its partner stands for itself. */
function expandBraces(pattern: string): string[] {
  const found = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(pattern);
  if (!found) return [pattern];
  const [, before, inside, after] = found;
  const tails = expandBraces(after!);
  return inside!.split(",").flatMap((middle) => tails.map((tail) => before! + middle + tail));
}

/** Wildcards without a regular expression: what a config holds must not take exponential time. */
function matches(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (p < pattern.length && (pattern[p] === "?" || pattern[p] === name[n]) && pattern[p] !== "*") {
      p++;
      n++;
    } else if (pattern[p] === "*") {
      star = p++;
      resume = n;
    } else if (star >= 0) {
      p = star + 1;
      n = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/**
 * The names that a pattern matches.
 *
 * @param where - the pattern's config path, for the message
 * @throws SPECTRAI_CONFIG_INVALID where it matches none, with the parts that names begin with
 */
export function matchNames(pattern: string, names: readonly string[], where: string): readonly string[] {
  const test = namePattern(pattern);
  const found = names.filter(test);
  if (found.length > 0) return found;
  const plain = pattern.replaceAll(/[*?{},]/g, "").replace(/\.+$/, "");
  const prefixes = [...new Set(names.flatMap(prefixesOf))];
  const near = nearest(plain, prefixes);
  const tops = [...new Set(names.map((n) => n.split(".")[0]!))];
  const shown = tops.slice(0, 12).join(", ") + (tops.length > 12 ? ", …" : "");
  throw new SpectraiError(
    "SPECTRAI_CONFIG_INVALID",
    `${where}: no parameter's name matches "${pattern}".${near === undefined ? "" : ` Did you mean "${names.includes(near) ? near : `${near}.*`}"?`} Names begin with ${shown}.`,
  );
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. */
const prefixesOf = (name: string): string[] => {
  const parts = name.split(".");
  return parts.map((_, i) => parts.slice(0, i + 1).join("."));
};
