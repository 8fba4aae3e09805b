// Errors of the file system, in the words of the native library.

import { getSystemErrorMap } from "node:util";

import { ImageStreamError } from "../error.js";

/** The words of the C library. Others get those of Node. */
const WORDS = {
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EDQUOT: "Disk quota exceeded",
  EEXIST: "File exists",
  EFBIG: "File too large",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
};

/** The description of an error. */
export function describe(error) {
  if (typeof error?.errno !== "number") return String(error?.message ?? error);
  const words = WORDS[error.code] ?? getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
  return `${words} (os error ${-error.errno})`;
}

/** A file operation that failed. */
export const ioError = (action, path, error) =>
  new ImageStreamError(
    { code: "Io", message: `${action} ${JSON.stringify(path)} failed: ${describe(error)}` },
    { cause: error },
  );
