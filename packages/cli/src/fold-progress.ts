import type { Callback, FoldProgress, RunStart } from "@spectrai/core";
import { duration } from "./table.ts";

/** Folds done and time left: one line rewritten on a terminal, a line a fold in a log. */
export function foldProgress(
  stream: NodeJS.WriteStream,
  shown: boolean,
): { readonly progress: (event: FoldProgress) => void; readonly callback: Callback } {
  const live = stream.isTTY;
  const began = performance.now();
  let now: FoldProgress | undefined;
  let start: RunStart | undefined;

  const show = (inFold: number): void => {
    if (!shown || !now || (!live && inFold > 0)) return;
    const { done, total, kept } = now;
    const computed = done - kept + inFold;
    const elapsed = (performance.now() - began) / 1000;
    const left = computed > 0 ? ` · ${duration((elapsed / computed) * (total - done - inFold))} left` : "";
    const epoch = inFold > 0 && start ? ` · ${Math.round(100 * inFold)} % trained` : "";
    const text = `Fold ${done + 1} of ${total} (repeat ${now.repeat + 1}, fold ${now.fold + 1})${epoch}${left}`;
    stream.write(live ? `\r\x1b[2K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
  };

  return {
    progress(event) {
      now = event;
      if (event.done < event.total) show(0);
      else if (shown && live) stream.write("\r\x1b[2K");
    },
    callback: {
      runStart: (event) => void (start = event),
      epochEnd: ({ epoch }) => show((epoch + 1) / start!.epochs),
    },
  };
}
