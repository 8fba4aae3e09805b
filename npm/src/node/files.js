// The files of a store in the file system of Node.

import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { Folder } from "../files.js";
import { describe } from "./system_error.js";

/** A file that is created with the first write. */
class NodeFile {
  #path;
  #writable;
  /** Called before each sync. */
  #check;
  #fd;
  /** Whether its name in the folder is durable. */
  #named;

  constructor(path, writable, check = () => {}) {
    this.#path = path;
    this.#writable = writable;
    this.#check = check;
  }

  size() {
    if (this.#fd !== undefined) return fstatSync(this.#fd).size;
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  read(offset, out) {
    let done = 0;
    while (done < out.length) {
      const read = readSync(this.#open(false), out, done, out.length - done, offset + done);
      if (read === 0) throw new Error("the file ends before that");
      done += read;
    }
  }

  write(offset, data) {
    let done = 0;
    while (done < data.length) {
      done += writeSync(this.#open(true), data, done, data.length - done, offset + done);
    }
  }

  truncate(size) {
    ftruncateSync(this.#open(true), size);
  }

  sync() {
    this.#check();
    fdatasyncSync(this.#open(true));
    if (!this.#named) {
      syncFolder(this.#path);
      this.#named = true;
    }
  }

  remove() {
    this.close();
    try {
      unlinkSync(this.#path);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }

  close() {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(create) {
    if (this.#fd === undefined) {
      this.#named = !create;
      this.#fd = this.#writable ? openWritable(this.#path, create) : openSync(this.#path, "r");
    }
    return this.#fd;
  }
}

function openWritable(path, create) {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if (!create || error.code !== "ENOENT") throw error;
    return openSync(path, "wx+");
  }
}

/** Makes the names in the folder of a file durable. Windows can't open folders, so this is left out there. */
export function syncFolder(path) {
  if (process.platform === "win32") return;
  const fd = openSync(dirname(path), "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The files of a store: the file `store`, and the journal beside `path`. */
export function folderOf(store, { path = store, writable, check }) {
  const file = (name) => new NodeFile(name, writable, check);
  return new Folder(file(store), file(`${path}.journal-a`), file(`${path}.journal-b`), describe);
}
