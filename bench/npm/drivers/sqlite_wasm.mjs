// @sqlite.org/sqlite-wasm in a worker, on its pool of files in the origin's private file system.

import sqlite3InitModule from "/node_modules/@sqlite.org/sqlite-wasm/dist/index.mjs";

/** A database with the bytes of a file. */
export async function open(bytes) {
  const sqlite3 = await sqlite3InitModule();
  const pool = await sqlite3.installOpfsSAHPoolVfs({});
  await pool.importDb("/peer.sqlite", bytes);
  const database = new pool.OpfsSAHPoolDb("/peer.sqlite");
  return {
    exec: (sql) => database.exec(sql),
    value: (sql) => database.selectValue(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      const bound = (values) => (values.length > 0 ? statement.bind(values) : statement);
      return {
        run: (values) => bound(values).stepReset(),
        row(values) {
          bound(values).step();
          const row = statement.get({});
          statement.reset();
          return row;
        },
      };
    },
  };
}
