// Performs and times the requests of a contestant. This runs in Node, in pages and in workers.

/**
 * Performs a request. The contestant's `work` returns what is prepared before the clock starts: `items`, the function `ask` for
 * one of them, and `take`, which converts an answer into what a user wants to have.
 */
export async function perform(contestant, request) {
  const { items, ask, take } = await contestant.work(request);
  if (request.show) return { shown: take(await ask(items[0])) };
  const start = performance.now();
  for (const item of items) {
    let answer = ask(item);
    // A synchronous answer must not wait for a promise.
    if (answer instanceof Promise) answer = await answer;
    take(answer);
  }
  return { seconds: (performance.now() - start) / 1000 };
}

/** The answer is what a user wants. */
export const asItIs = (answer) => answer;
