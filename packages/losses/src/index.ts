/**
 * Losses and metrics for spectra and cubes.
 *
 * @packageDocumentation
 */
export {};
