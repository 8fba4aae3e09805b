// What the operating system knows about processes, read as core/src/store/process.rs does.

import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

const line = (path) => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
};

/** The name of this host. */
export const hostName = () => line("/proc/sys/kernel/hostname") ?? hostname();

/** The id that Linux gives each boot; `undefined` on other systems. */
export const bootId = () => line("/proc/sys/kernel/random/boot_id");

/** The name of the namespace of this process' pid; `undefined` on other systems. */
export function pidNamespace() {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/**
 * A process: `undefined` where there is none with that id, or it has ended; otherwise its start time in clock ticks since
 * boot, where that can be known.
 */
export function findProcess(pid) {
  const stat = line(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // Id, name in parentheses (which may hold anything), state, and so on; field 22 is the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 1).trim().split(/\s+/);
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const started = Number(fields[19]);
    return { started: Number.isSafeInteger(started) ? started : undefined };
  }
  // Where this process is in /proc, all are.
  if (line("/proc/self/stat") !== undefined) return undefined;
  try {
    process.kill(pid, 0);
    return {};
  } catch (error) {
    return error.code === "ESRCH" ? undefined : {};
  }
}
