// Opens stores in Node: a file, bytes, or a new one in memory.

import { closeSync, fsyncSync, openSync, realpathSync, renameSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ImageStreamError, bad } from "../error.js";
import { Folder } from "../files.js";
import { Host } from "../host.js";
import { bytesOf, checked, forLibrary } from "../options.js";
import { storeOf } from "../store.js";
import { folderOf, syncFolder } from "./files.js";
import { FileLock, locked } from "./lock.js";
import { ioError } from "./system_error.js";

/** The stores to close when the process ends. */
const open = new Set();
let closesAtExit = false;

/** Opens the target of `ImageStore.open`; `module` returns the WebAssembly module. */
export async function openStore(module, target, options) {
  const chosen = checked(options);
  const bytes = await bytesOf(target);
  if (bytes) return inMemory(module, chosen, bytes);
  const path = target instanceof URL ? fileURLToPath(target) : target;
  if (typeof path !== "string" || path === "") throw bad("the path of the store's file is needed");
  const host = openFile(module(), path, chosen);
  return storeOf(host, { persistent: true, persisted: true });
}

/** A store in memory, new or with the bytes of a file. */
export function inMemory(module, options, bytes) {
  return storeOf(memoryHost(module(), options, bytes), { persistent: false, persisted: false });
}

/** The host of such a store, for the command. */
export function memoryHost(module, options, bytes) {
  const chosen = forLibrary(options, "memory");
  return new Host(module, Folder.inMemory(bytes), bytes ? { ...chosen, create: false } : chosen);
}

/** Opens the store in a file. */
export function openFile(module, given, options) {
  const library = forLibrary(options, given);
  if (!find(given) && (!library.create || options.readOnly)) {
    throw new ImageStreamError({ code: "NoSuchStore", message: `${JSON.stringify(given)} does not exist` });
  }
  const path = resolve(given);
  library.path = path;
  if (options.readOnly) {
    const holder = FileLock.holder(path);
    if (holder) throw locked(path, holder);
    return new Host(module, folderOf(path, { writable: false }), library);
  }
  const lock = FileLock.acquire(path, options.breakLock);
  try {
    // Checked again, now that the lock is held: another process may have created it.
    if (!find(path)) create(module, path, library);
  } catch (error) {
    lock.release();
    throw error;
  }
  const folder = folderOf(path, { writable: true, check: () => lock.check() });
  // Where the file can't be opened, this is called before `host` has a value.
  let host = undefined;
  host = new Host(module, folder, { ...library, create: false }, () => {
    lock.release();
    open.delete(host);
  });
  if (!closesAtExit) process.once("exit", closeAll);
  closesAtExit = true;
  open.add(host);
  return host;
}

/** Whether there is a file. */
function find(path) {
  let found;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw ioError("opening", path, error);
  }
  if (!found) return false;
  if (found.isFile()) return true;
  if (found.isDirectory()) throw ioError("opening", path, "is a directory");
  throw new ImageStreamError({
    code: "NotAStore",
    message: `${JSON.stringify(path)} is not an imagestream store: it is not a file`,
  });
}

/** The same path without links, so that there is one lock for the file. */
function resolve(path) {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error.code !== "ENOENT") throw ioError("opening", path, error);
  }
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw ioError("opening", path, error);
  }
}

/** Creates a store under another name and renames it, so that the file is always a whole store. */
function create(module, path, library) {
  const temporary = `${path}.creating`;
  remove(temporary);
  try {
    const host = new Host(module, folderOf(temporary, { path, writable: true }), library);
    host.perform({ type: "close" });
    const fd = openSync(temporary, "r+");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    syncFolder(path);
  } catch (error) {
    remove(temporary);
    throw error instanceof ImageStreamError ? error : ioError("creating", path, error);
  }
}

function remove(path) {
  try {
    unlinkSync(path);
  } catch {
    // Then the next creation fails, or removes it.
  }
}

function closeAll() {
  for (const host of open) {
    try {
      host.perform({ type: "close" });
    } catch {
      // Nobody can handle it any more, and what was acknowledged is on the disk.
    }
  }
}
