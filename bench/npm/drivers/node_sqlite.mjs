// The SQLite that newer versions of Node have in themselves.

import { DatabaseSync } from "node:sqlite";

export function open(path) {
  const database = new DatabaseSync(path);
  return {
    exec: (sql) => database.exec(sql),
    value: (sql) => Object.values(database.prepare(sql).get())[0],
    prepare(sql) {
      const statement = database.prepare(sql);
      return { run: (values) => statement.run(...values), row: (values) => statement.get(...values) };
    },
  };
}

export const options = {};
