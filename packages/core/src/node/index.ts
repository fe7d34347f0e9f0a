/// <reference types="node" />
/**
 * The parts of core that need Node.js: files on disk.
 *
 * @packageDocumentation
 */
export { type AtomicSink, atomicSink, removeUnfinished, writeFileAtomic } from "./atomic-file.ts";
export { download, type Downloaded, type DownloadOptions } from "./download.ts";
export { fileSource } from "./file-source.ts";
export { nodeFileSystem } from "./file-system.ts";
export { folderStore } from "./folder-store.ts";
export { globMatcher, isGlob } from "./glob.ts";
export { makeFolder } from "./make-folder.ts";
export { naturalOrder } from "./natural-order.ts";
export { errorFromSystem, type FileAction } from "./system-error.ts";
export { outputFolder } from "./output-folder.ts";
