/**
 * Readers and writers for spectral file formats.
 *
 * @packageDocumentation
 */
export {};
