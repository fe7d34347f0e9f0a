import { markup, markupText, trusted, type Markup, type Part } from "../markup.ts";
import { script, scriptHash } from "./script.ts";
import { style } from "./style.ts";

export interface PagePart {
  /** For links; letters and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly content: Part;
}

/**
 * One HTML page with everything in it. Its content security policy allows no network at all, and no script but ours:
 * should a name ever get through the escaping, it could still do nothing.
 */
export function page(title: string, header: Markup, parts: readonly PagePart[], footer: string): string {
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`;
  return markupText(markup`${trusted("<!doctype html>")}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="@spectrai/report">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${parts.length > 1 && markup`<nav aria-label="Contents"><ul>${parts.map((p) => markup`<li><a href="#${p.id}">${p.title}</a></li>`)}</ul></nav>`}
<main>
${header}
${parts.map((p) => markup`<section class="part" id="${p.id}" aria-labelledby="${p.id}-title"><h2 id="${p.id}-title">${p.title}</h2>${p.content}</section>\n`)}</main>
<footer>${footer}</footer>
${trusted(`<script>${script}</script>`)}
</body>
</html>
`);
}
