/**
 * The WebAssembly backend, with the gradient kernels that tfjs lacks.
 *
 * @packageDocumentation
 */
export {};
