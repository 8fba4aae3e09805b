// better-sqlite3: SQLite as a native module of Node.

import Database from "better-sqlite3";

// Its native part is loaded with the first database: here, where it may be missing or made for another Node.
new Database(":memory:").close();

export function open(path) {
  const database = new Database(path);
  return {
    exec: (sql) => database.exec(sql),
    value: (sql) => database.prepare(sql).pluck().get(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return { run: (values) => statement.run(values), row: (values) => statement.get(values) };
    },
  };
}

export const options = {};
