import { duration } from "./table.ts";

/** Told of files, and of an image the tiles: one line rewritten on a terminal, a line every few seconds in a log. */
export function applyProgress(
  stream: NodeJS.WriteStream | undefined,
  secondsBetweenLines = 10,
): (done: number, total: number, name: string, tile?: number, tiles?: number) => void {
  let current = "";
  let began = 0;
  let shown = performance.now();
  return (done, total, name, tile, tiles) => {
    if (!stream) return;
    const now = performance.now();
    if (name !== current) {
      current = name;
      began = now;
    }
    if (done >= total) {
      if (stream.isTTY) stream.write("\r\x1b[2K");
      return;
    }
    // A file's first tile comes after the loading of the model: what is left is told from the second on.
    const left =
      tile !== undefined && tiles !== undefined && tile > 0
        ? ` · tile ${tile}/${tiles} · ${duration(((now - began) / 1000 / tile) * (tiles - tile))} left`
        : "";
    const text = `${done + 1}/${total} ${name}${left}`;
    if (stream.isTTY) stream.write(`\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    else if (now - shown > secondsBetweenLines * 1000) {
      shown = now;
      stream.write(`${text}\n`);
    }
  };
}
