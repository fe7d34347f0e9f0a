/**
 * Random augmentation and noise models for spectra and cubes.
 *
 * @packageDocumentation
 */
export {};
