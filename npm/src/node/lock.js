// The lock file, in the form and by the rules of core/src/store/lock.rs: one process owns a store, native or Node.
//
// The threads of a process are separate owners. Unlike the native library, Node can't find out by the token whether another
// thread still has the lock, so a lock of the same process is held until it is released.

import { linkSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";

import { ImageStreamError } from "../error.js";
import { bootId, findProcess, hostName, pidNamespace } from "./process.js";
import { ioError } from "./system_error.js";

/** How long a lock file may be incomplete, in milliseconds: it is created first, then written. */
const BEING_WRITTEN = 2000;
/** How often to try to get a lock that others keep changing. */
const ATTEMPTS = 10;

/** A lock that this thread holds. */
export class FileLock {
  #path;
  #token;
  /** Identifies the file, so that one that is made later is recognized. */
  #mark;

  constructor(path, token) {
    this.#path = path;
    this.#token = token;
    this.#mark = markOf(path);
  }

  /** Locks the store in a file. With `breakLock` the lock of another process is taken over, even if it seems alive. */
  static acquire(store, breakLock = false) {
    const path = lockPath(store);
    const token = randomUUID();
    const content = JSON.stringify({
      pid: process.pid,
      startTime: findProcess(process.pid)?.started,
      host: hostName(),
      bootId: bootId(),
      pidNamespace: pidNamespace(),
      token,
    });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        writeFileSync(path, `${content}\n`, { flag: "wx" });
        return new FileLock(path, token);
      } catch (error) {
        if (error.code !== "EEXIST") throw ioError("locking", path, error);
      }
      const found = find(path, breakLock);
      if (found.held) throw locked(store, found.held);
      if (found.stale !== undefined) removeStale(path, found.stale, token);
    }
    throw locked(store, {});
  }

  /** The owner of the lock on the store in a file, if it may be alive. */
  static holder(store) {
    return find(lockPath(store), false).held;
  }

  /** Throws where another process has taken the lock: then it owns the store, and nothing may be written any more. */
  check() {
    if (markOf(this.#path) !== this.#mark) throw new Error("the lock of the store was taken by another process");
  }

  /** Releases it. If another process has taken the lock, the file is left to it. */
  release() {
    try {
      if (JSON.parse(readFileSync(this.#path, "utf8")).token === this.#token) unlinkSync(this.#path);
    } catch {
      // The next process finds a lock whose owner has ended, as after a kill.
    }
  }
}

/** The inode alone is not enough, since inodes are used again. */
function markOf(path) {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.ino} ${found.ctimeNs}`;
}

/** The error of a store that is in use. */
export function locked(store, { pid, host, address }) {
  const who = (pid === undefined ? "another process" : `process ${pid}`) + (host ? ` on ${host}` : "");
  const where = address ? `, which serves it at ${address}` : "";
  return new ImageStreamError({
    code: "Locked",
    message: `${JSON.stringify(store)} is in use by ${who}${where}`,
    details: address ? { address } : undefined,
  });
}

const lockPath = (store) => `${store}.lock`;

/** Reads a lock file: `held` by an owner, `stale` with its text, or neither. */
function find(path, breakLock) {
  let content;
  let modified;
  try {
    content = readFileSync(path, "utf8");
    modified = statSync(path).mtimeMs;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw ioError("reading", path, error);
  }
  const owner = parse(content);
  if (!owner) {
    // It is being written right now, or the machine crashed before it was on the disk.
    return breakLock || Date.now() - modified > BEING_WRITTEN ? { stale: content } : { held: {} };
  }
  if (breakLock || isGone(owner)) return { stale: content };
  const elsewhere = owner.host !== hostName();
  return { held: { pid: owner.pid, host: elsewhere ? owner.host : undefined, address: owner.address } };
}

function parse(content) {
  try {
    const { pid, startTime, host, bootId: boot, pidNamespace: namespace, token, address } = JSON.parse(content);
    const known = Number.isInteger(pid) && typeof host === "string" && typeof token === "string";
    return known ? { pid, startTime, host, boot, namespace, address } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an owner certainly does not run any more. */
function isGone({ pid, startTime, host, boot, namespace }) {
  // Processes of another host can't be seen from here.
  if (host !== hostName()) return false;
  const ours = bootId();
  if (boot && ours && boot !== ours) return true;
  // Nor can those of another container.
  if (namespace && namespace !== pidNamespace()) return false;
  const found = findProcess(pid);
  if (!found) return true;
  return startTime !== undefined && found.started !== undefined && startTime !== found.started;
}

/**
 * Removes a stale lock file, if it was not changed since it was found stale. Another process may be taking it over too, and
 * may have replaced it by now: so it is moved away, read again, and put back if it is another one.
 */
function removeStale(path, content, token) {
  const aside = `${path}.${token}`;
  try {
    if (readFileSync(path, "utf8") !== content) return;
    renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw ioError("locking", path, error);
  }
  try {
    if (readFileSync(aside, "utf8") !== content) linkSync(aside, path);
  } catch {
    // A third process has made one meanwhile. The owner of this one notices with its next write.
  } finally {
    unlinkSync(aside);
  }
}
