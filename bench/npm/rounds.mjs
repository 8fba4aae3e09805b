// What a contestant is asked to do, with the clock. This runs in Node, in pages and in workers.

/**
 * Does what a request asks for. The contestant's `work` gives what is ready before the clock starts: `items`, `ask`, which
 * asks for one of them, and `take`, which makes of an answer what a user wants to have.
 */
export async function perform(contestant, request) {
  const { items, ask, take } = await contestant.work(request);
  if (request.show) return { shown: take(await ask(items[0])) };
  const start = performance.now();
  for (const item of items) {
    let answer = ask(item);
    // Who answers at once does not wait for a promise.
    if (answer instanceof Promise) answer = await answer;
    take(answer);
  }
  return { seconds: (performance.now() - start) / 1000 };
}

/** What is an answer is what a user wants. */
export const asItIs = (answer) => answer;
