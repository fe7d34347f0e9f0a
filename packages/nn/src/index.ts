/**
 * Neural network layers for one, two and three dimensions on TensorFlow.js.
 *
 * @packageDocumentation
 */
export {};
