/**
 * The plain JavaScript backend of TensorFlow.js behind the spectrai contract.
 *
 * @packageDocumentation
 */
export {};
