import { stringify } from "yaml";
import type { Converted } from "./convert.ts";

const width = 118;

/** Text in lines of YAML comment. */
function comment(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width - 2) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `# ${line}`.replaceAll(/[\r\n\u0085\u2028\u2029]/g, " ")).join("\n");
}

/**
 * The converted config as the text of a YAML file, each note as a comment above what it is about.
 *
 * @param plugins - the packages that the config names
 */
export function referenceConfigText({ sections }: Converted, plugins: readonly string[], from: string): string {
  const parts = [
    `${comment(`Made from ${from}. Comments say where a setting had no effect there, or has another one here.`)}\n${stringify({ plugins: [...plugins] })}`,
    ...sections.map(({ config, notes }) => {
      const above = notes.map((note) => `${comment(note)}\n`).join("");
      return Object.keys(config).length === 0 ? above : above + stringify(config, { lineWidth: width });
    }),
  ];
  return parts.join("\n");
}
