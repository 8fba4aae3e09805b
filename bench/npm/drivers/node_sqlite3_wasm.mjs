// node-sqlite3-wasm: SQLite as WebAssembly, on the files of Node.

import sqlite from "node-sqlite3-wasm";

export function open(path) {
  const database = new sqlite.Database(path);
  return {
    exec: (sql) => database.exec(sql),
    value: (sql) => Object.values(database.get(sql))[0],
    prepare(sql) {
      const statement = database.prepare(sql);
      return { run: (values) => statement.run(values), row: (values) => statement.get(values) };
    },
  };
}

export const options = { exclusive: true };
