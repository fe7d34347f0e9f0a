/**
 * The spectrai command.
 *
 * @packageDocumentation
 */
export { main } from "./main.ts";
