/** Just as much XML as the metadata in TIFF files needs: elements, attributes, text. Nothing is expanded but the five named and the numbered characters. */
import { damaged, unsupported } from "../bytes/errors.ts";

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The text directly inside. */
  text: string;
  readonly depth: number;
}

const deepest = 64;
const mostElements = 1_000_000;

/** The elements in the order of their beginnings. @throws SPECTRAI_FILE_DAMAGED, SPECTRAI_FILE_UNSUPPORTED */
export function readXml(file: string, xml: string): XmlElement[] {
  const elements: XmlElement[] = [];
  const path: XmlElement[] = [];
  const malformed = (at: number): Error => damaged(file, `its XML metadata are malformed at character ${at}`);
  /** Where a mark ends; the search never starts again before it, so that the whole takes one pass. */
  const past = (mark: string, at: number): number => {
    const found = xml.indexOf(mark, at);
    if (found < 0) throw malformed(at);
    return found + mark.length;
  };
  for (let at = 0; at < xml.length;) {
    const open = xml.indexOf("<", at);
    const text = xml.slice(at, open < 0 ? xml.length : open);
    const inside = path.at(-1);
    if (inside) inside.text += plain(text);
    if (open < 0) break;
    if (xml.startsWith("<?", open)) at = past("?>", open);
    else if (xml.startsWith("<!--", open)) at = past("-->", open);
    else if (xml.startsWith("<![CDATA[", open)) {
      at = past("]]>", open);
      if (inside) inside.text += xml.slice(open + 9, at - 3);
    } else if (xml.startsWith("<!", open)) throw unsupported(file, "its XML metadata declare a document type");
    else if (xml.startsWith("</", open)) {
      at = past(">", open);
      if (!path.pop()) throw malformed(open);
    } else {
      const tag = readTag(xml, open + 1);
      if (!tag) throw malformed(open);
      if (elements.length >= mostElements || path.length >= deepest)
        throw unsupported(file, "its XML metadata are larger or deeper than can be");
      const element: XmlElement = { name: tag.name, attributes: tag.attributes, text: "", depth: path.length };
      elements.push(element);
      if (!tag.closed) path.push(element);
      at = tag.end;
    }
  }
  if (path.length > 0) throw malformed(xml.length);
  return elements;
}

const nameAt = /[\w:.-]+/y;
const attributeAt = /\s+([\w:.-]+)\s*=\s*(["'])/y;
const endAt = /\s*(\/?)>/y;

function readTag(
  xml: string,
  start: number,
):
  | { readonly name: string; readonly attributes: Map<string, string>; readonly closed: boolean; readonly end: number }
  | undefined {
  nameAt.lastIndex = start;
  const name = nameAt.exec(xml)?.[0];
  if (!name) return undefined;
  const attributes = new Map<string, string>();
  let at = nameAt.lastIndex;
  for (;;) {
    endAt.lastIndex = at;
    const end = endAt.exec(xml);
    if (end) return { name: withoutPrefix(name), attributes, closed: end[1] === "/", end: endAt.lastIndex };
    attributeAt.lastIndex = at;
    const attribute = attributeAt.exec(xml);
    if (!attribute) return undefined;
    const from = attributeAt.lastIndex;
    const to = xml.indexOf(attribute[2]!, from);
    if (to < 0) return undefined;
    attributes.set(withoutPrefix(attribute[1]!), plain(xml.slice(from, to)));
    at = to + 1;
  }
}

const withoutPrefix = (name: string): string => name.slice(name.lastIndexOf(":") + 1);

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Characters that are written by name or number. */
const plain = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (all, decimal, hex, name) => {
        if (name) return named[name as string]!;
        const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : (all as string);
      })
    : text;

/** Text as it stands in XML; characters that XML cannot hold are left out. */
export const escapeXml = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, "")
    .replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
