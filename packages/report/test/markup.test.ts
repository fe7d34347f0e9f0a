import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeText, markup, markupText, type Part } from "../src/markup.ts";
import { parseXml, textOf } from "./support.ts";

describe("markup", () => {
  it("escapes text and joins what it made itself", () => {
    const item = (t: string) => markup`<li title="${t}">${t}</li>`;
    expect(markupText(markup`<ul>${["<a>", `"&'`].map(item)}${false}${null}${undefined}${0}</ul>`)).toBe(
      '<ul><li title="&lt;a&gt;">&lt;a&gt;</li><li title="&quot;&amp;&#39;">&quot;&amp;&#39;</li>0</ul>',
    );
  });

  it("takes nothing for markup that came through JSON", () => {
    const forged = JSON.parse('{"html":"<script>","made":"<script>","markup":"<script>"}') as Part;
    expect(markupText(markup`<p>${forged}</p>`)).toBe("<p>[object Object]</p>");
  });

  it("is well-formed and loses no text, whatever the text", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("<", ">", "&", '"', "'", "]", "/", "-", "é", "😀", "a", " ", ";"),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const node = parseXml(markupText(markup`<p title="${text}">${text}</p>`));
        expect(textOf(node)).toBe(text);
        expect(node.attributes["title"]).toBe(text);
      }),
    );
  });

  it("replaces what XML cannot hold", () => {
    expect(escapeText("a\u0000\u001b\ufffe\ud800b\udc00 \t\n😀")).toBe("a\ufffd\ufffd\ufffd\ufffdb\ufffd \t\n😀");
  });
});
