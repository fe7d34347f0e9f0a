/**
 * Self-contained HTML reports and figures of spectra.
 *
 * @packageDocumentation
 */
export {};
