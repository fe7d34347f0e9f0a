import { isSpectraiError } from "@spectrai/core";

/** What a person is told of a failure: the sentence of spectrai's own errors, or that it was none of these. */
export const sentenceOf = (e: unknown): string =>
  isSpectraiError(e)
    ? e.message
    : `Something went wrong in the page itself: ${e instanceof Error ? e.message : String(e)}. Reload the page and try again.`;
