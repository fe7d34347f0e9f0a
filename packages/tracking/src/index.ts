/**
 * Run logs: JSONL, CSV and TensorBoard event files.
 *
 * @packageDocumentation
 */
export {};
