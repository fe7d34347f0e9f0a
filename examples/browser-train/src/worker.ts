import { sentenceOf } from "spectrai-example-common/text.ts";
import type { Reply, Request } from "./messages.ts";
import { trainModel } from "./train.ts";

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page to tell
const tell = (reply: Reply): void => self.postMessage(reply);

let stopping = false;

self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  stopping = data.kind === "stop";
  if (data.kind === "train")
    trainModel(data.settings, tell, () => stopping).catch((e: unknown) =>
      tell({ kind: "failed", message: sentenceOf(e) }),
    );
});
