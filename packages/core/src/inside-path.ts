/** Whether a path stays in the folder it is relative to: plain names with forward slashes between them. */
export const isInside = (path: string): boolean =>
  path.length > 0 &&
  path.length <= 4096 &&
  !/[\\\0]/.test(path) &&
  !/^[a-z]:/i.test(path) &&
  path.split("/").every((name) => name !== "" && name !== "." && name !== "..");
