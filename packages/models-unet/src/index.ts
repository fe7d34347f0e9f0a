/**
 * UNet, ResUNet and the DeepeR ResUNet for spectra and cubes.
 *
 * @packageDocumentation
 */
export {};
