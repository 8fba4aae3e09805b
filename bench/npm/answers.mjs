// How a contestant is asked: a request a line comes in, an answer a line goes out, both as JSON.

import { createInterface } from "node:readline";

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Something that this machine lacks; the benchmark goes on without whoever needs it. */
export class Unavailable extends Error {}

/**
 * Answers until there are no more requests. `open` makes ready whoever is asked and gives what does a request; `close` is
 * called at the end.
 */
export async function answer(open, close = () => {}) {
  try {
    const perform = await open();
    say("ready");
    for await (const line of createInterface({ input: process.stdin })) say(await perform(JSON.parse(line)));
  } catch (error) {
    say(error instanceof Unavailable ? { unavailable: error.message } : { error: error?.stack ?? String(error) });
  }
  await close();
  process.exit();
}
