// The protocol of a contestant: each line of the input is a request, each line of the output an answer, both as JSON.

import { createInterface } from "node:readline";

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Something that this machine lacks. The benchmark goes on without the contestants that need it. */
export class Unavailable extends Error {}

/**
 * Answers requests until the input ends. `open` opens the contestant and returns the function that performs a request; `close`
 * is called at the end.
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
