/**
 * The classical method to beat for each task.
 *
 * @packageDocumentation
 */
export {};
