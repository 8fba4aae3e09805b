// Prints the sizes of files, as they are and compressed with brotli, as servers send them. Fails where one has more than MOST
// compressed bytes: node npm/measure.mjs MOST FILE...

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const [most, ...files] = process.argv.slice(2);
for (const file of files) {
  const bytes = readFileSync(file);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 22, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const compressed = brotliCompressSync(bytes, { params }).length;
  console.log(`${basename(file)}: ${bytes.length} bytes, ${compressed} with brotli`);
  if (compressed > Number(most)) {
    console.error(`${basename(file)} takes more than ${most} bytes with brotli: make it smaller`);
    process.exitCode = 1;
  }
}
