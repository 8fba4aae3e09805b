// The files of a store as the library uses them: three, with synchronous methods.

/** A file in memory. */
export class MemoryFile {
  #bytes;
  #size;

  constructor(bytes = new Uint8Array(0)) {
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  get bytes() {
    return this.#bytes.subarray(0, this.#size);
  }

  size() {
    return this.#size;
  }

  read(offset, out) {
    if (offset + out.length > this.#size) throw new Error("the file ends before that");
    out.set(this.#bytes.subarray(offset, offset + out.length));
  }

  write(offset, data) {
    if (offset + data.length > this.#size) this.truncate(offset + data.length);
    this.#bytes.set(data, offset);
  }

  truncate(size) {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.#bytes.length + (this.#bytes.length >> 1), 1 << 16));
      larger.set(this.bytes);
      this.#bytes = larger;
    } else if (size < this.#size) {
      // The bytes behind the end must be zero when the file grows again.
      this.#bytes.fill(0, size, this.#size);
    }
    this.#size = size;
  }

  sync() {}

  remove() {
    this.#bytes = new Uint8Array(0);
    this.#size = 0;
  }

  close() {}
}

/** A file that keeps the error of a failed operation in its folder, and throws its description. */
class WatchedFile {
  #file;
  #folder;

  constructor(file, folder) {
    this.#file = file;
    this.#folder = folder;
  }

  #do(action) {
    try {
      return action(this.#file);
    } catch (error) {
      this.#folder.failure = error;
      throw this.#folder.describe(error);
    }
  }

  size() {
    return this.#do((file) => file.size());
  }

  read(offset, out) {
    this.#do((file) => file.read(offset, out));
  }

  write(offset, data) {
    this.#do((file) => file.write(offset, data));
  }

  truncate(size) {
    this.#do((file) => file.truncate(size));
  }

  sync() {
    this.#do((file) => file.sync());
  }

  remove() {
    this.#do((file) => file.remove());
  }
}

/** The file of a store and the two of its journal. */
export class Folder {
  /** The error of the last operation on a file that failed. */
  failure = undefined;
  #raw;

  constructor(store, journalA, journalB, describe = (error) => `${error?.name}: ${error?.message}`) {
    this.describe = describe;
    this.#raw = [store, journalA, journalB];
    [this.store, this.journalA, this.journalB] = this.#raw.map((file) => new WatchedFile(file, this));
  }

  /** A folder in memory, empty or with the bytes of a store. */
  static inMemory(bytes) {
    return new Folder(new MemoryFile(bytes), new MemoryFile(), new MemoryFile());
  }

  /** The same bytes in memory. */
  copy() {
    const copies = this.#raw.map((file) => {
      const bytes = new Uint8Array(file.size());
      file.read(0, bytes);
      return new MemoryFile(bytes);
    });
    return new Folder(...copies);
  }

  /** The bytes of the file of a store in memory. */
  get bytes() {
    return this.#raw[0].bytes;
  }

  close() {
    for (const file of this.#raw) file.close();
  }
}
