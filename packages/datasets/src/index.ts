/**
 * Public data sets by name, and physical simulators.
 *
 * @packageDocumentation
 */
export {};
