/**
 * The spectrai command.
 *
 * @packageDocumentation
 */
export {};
