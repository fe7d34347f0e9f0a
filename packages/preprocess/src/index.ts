/**
 * Deterministic preprocessing of spectra and cubes.
 *
 * @packageDocumentation
 */
export {};
