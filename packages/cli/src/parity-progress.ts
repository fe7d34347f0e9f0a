import type { ParityProgress } from "@spectrai/parity";
import { duration } from "./table.ts";

/** Cases done and time left: one line rewritten on a terminal, a line every few seconds in a log. */
export function parityProgress(
  stream: NodeJS.WriteStream | undefined,
  secondsBetweenLines = 10,
): { on(backend: string): (progress: ParityProgress) => void } {
  return {
    on(backend) {
      const began = performance.now();
      let shown = began;
      return ({ done, total, title }) => {
        if (!stream) return;
        const now = performance.now();
        const live = stream.isTTY;
        if (done >= total) {
          if (live) stream.write("\r\x1b[2K");
          return;
        }
        if (now - shown < (live ? 100 : secondsBetweenLines * 1000)) return;
        shown = now;
        const left = done > 0 ? ` · ${duration(((now - began) / 1000 / done) * (total - done))} left` : "";
        const text = `${backend}: ${done}/${total} ${title}${left}`;
        stream.write(live ? `\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
      };
    },
  };
}
