import { sentenceOf } from "spectrai-example-common/text.ts";
import { apply } from "./apply.ts";
import type { Reply, Request } from "./messages.ts";
import { factsOf, openModel, type OpenModel } from "./model.ts";
import { pluginsOf } from "./plugins.ts";
import { tableOf } from "./table.ts";
import { type View, viewOf } from "./view.ts";

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page to tell
const tell = (reply: Reply): void => self.postMessage(reply);

let model: OpenModel | undefined;
let view: View | undefined;
/** Releases what the run before this one held. */
let forget: () => Promise<void> = () => Promise.resolve();

async function answer(request: Request): Promise<void> {
  if (request.kind === "open") {
    model = undefined;
    const opened = await openModel(request.model);
    // What is missing is told now, and what is there is loaded while the data are being chosen.
    await pluginsOf(opened.card);
    model = opened;
    tell({ kind: "opened", facts: factsOf(model) });
  } else if (request.kind === "apply") {
    await forget();
    const run = await apply(model!, request.inputs, request.settings, tell);
    forget = async () => {
      run.loaded.model.dispose();
      await run.bench.services.dispose();
    };
    view = await viewOf(run);
    const files = run.output.files();
    const samples = run.applied.reduce((sum, file) => sum + file.samples, 0);
    tell({
      kind: "applied",
      result: { files, samples, seconds: run.seconds, shown: view.files, ...(await tableOf(files)) },
    });
  } else tell(await view!.show(request.place));
}

// One after the other: what is asked while something is at work waits for it.
let last = Promise.resolve();
self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data)).catch((e: unknown) => tell({ kind: "failed", message: sentenceOf(e) }));
});
