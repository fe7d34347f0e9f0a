/** A signal that the first Ctrl-C aborts; the second leaves at once. */
export function onInterrupt(message: string): { readonly signal: AbortSignal; stop(): void } {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    // The second one means it.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    process.stderr.write(`\n${message}\n`);
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: interrupt.signal,
    stop() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
