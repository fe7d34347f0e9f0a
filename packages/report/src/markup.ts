/**
 * HTML and SVG that cannot be injected into: every value put into the template is escaped, except what this same
 * template made. The mark of such a value is a private symbol, so nothing that came through JSON can carry it.
 */
const made: unique symbol = Symbol("markup");

export interface Markup {
  readonly [made]: string;
}

/** What a template takes: text is escaped, markup goes in as it is, lists are joined, false and nullish vanish. */
export type Part = Markup | string | number | false | null | undefined | readonly Part[];

export function markup(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  let text = strings[0]!;
  for (let i = 0; i < parts.length; i++) text += toText(parts[i]) + strings[i + 1]!;
  return { [made]: text };
}

/** The finished text. */
export const markupText = (part: Markup): string => part[made];

/** Marks a constant of this package (style sheet, script, numbers of a path) as markup. Never give it data. */
export const trusted = (text: string): Markup => ({ [made]: text });

function toText(part: Part): string {
  if (part === undefined || part === null || part === false) return "";
  if (isMarkup(part)) return part[made];
  if (Array.isArray(part)) return part.map((p) => toText(p as Part)).join("");
  return escapeText(`${part as string | number}`);
}

const isMarkup = (part: Part): part is Markup => typeof part === "object" && part !== null && made in part;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const controls = String.raw`[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]`;
const loneSurrogates = String.raw`[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]`;
const notInXml = new RegExp(`${controls}|${loneSurrogates}`, "g");

/**
 * Text for an element or a quoted attribute. Control characters that XML forbids become U+FFFD, so that an SVG with a
 * hostile sample name is still well-formed.
 */
export const escapeText = (text: string): string =>
  text.replace(notInXml, "\ufffd").replace(/[&<>"']/g, (c) => escapes[c]!);
