// The files of a store in the browser's private file system; in a dedicated worker only.

import { ImageStreamError } from "../error.js";
import { Folder } from "../files.js";

/** How long a page that is being reloaded may keep a file open, in milliseconds. */
const HELD = 5000;

/** Whether there is such a file system here. */
export const hasOpfs = () =>
  typeof navigator?.storage?.getDirectory === "function" &&
  typeof globalThis.FileSystemFileHandle?.prototype?.createSyncAccessHandle === "function";

class OpfsFile {
  #handle;

  constructor(handle) {
    this.#handle = handle;
  }

  size() {
    return this.#handle.getSize();
  }

  read(offset, out) {
    if (this.#handle.read(out, { at: offset }) < out.length) throw new Error("the file ends before that");
  }

  write(offset, data) {
    const written = this.#handle.write(data, { at: offset });
    if (written < data.length) throw new DOMException("not all of it could be written", "QuotaExceededError");
  }

  truncate(size) {
    this.#handle.truncate(size);
  }

  sync() {
    this.#handle.flush();
  }

  /** An open file can't be removed, but it can be made empty, which means the same here. */
  remove() {
    this.#handle.truncate(0);
    this.#handle.flush();
  }

  /**
   * Closes it after the answer to `close` was sent: Chromium never returns from closing a file whose storage was cleared. The
   * page then terminates the worker, which closes the file too.
   */
  close() {
    setTimeout(() => this.#handle.close());
  }
}

/** Opens the files of the store `name`. */
export async function openFolder(name, create) {
  const root = await navigator.storage.getDirectory();
  const open = [];
  try {
    for (const file of [name, `${name}.journal-a`, `${name}.journal-b`]) {
      const handle = await root.getFileHandle(file, { create: create || file !== name });
      open.push(new OpfsFile(await access(handle)));
    }
  } catch (error) {
    for (const file of open) file.close();
    throw failure(name, error);
  }
  return new Folder(...open);
}

async function access(handle) {
  const deadline = Date.now() + HELD;
  for (;;) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if (error.name !== "NoModificationAllowedError" || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function failure(name, cause) {
  const shown = JSON.stringify(name);
  const by = {
    NotFoundError: ["NoSuchStore", `${shown} does not exist`],
    NoModificationAllowedError: ["Busy", `${shown} is in use by other code of this origin`],
    QuotaExceededError: ["QuotaExceeded", `${shown} can't be made: the browser has no room for it`],
  };
  const [code, message] = by[cause.name] ?? ["Io", `opening ${shown} failed: ${cause.name}: ${cause.message}`];
  return new ImageStreamError({ code, message }, { cause });
}
