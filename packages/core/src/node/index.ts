/**
 * The parts of core that need Node.js: files on disk.
 *
 * @packageDocumentation
 */
export {};
