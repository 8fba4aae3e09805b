// The HTTP API: takes the platform's own `Request`, and returns its `Response`.

import { bad } from "./error.js";
import { plain } from "./plain.js";

/** The library refuses larger bodies, for which it must get at least one byte more. */
const MAX_BODY = 3 << 20;
/** Seconds between the bookmarks of a watch. */
const BOOKMARKS = 60;
/** These answers have no body at all. */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/** Answers a request. `user` is who asks. */
export async function handle(channel, request, user) {
  const asked = await taken(request);
  asked.user = user === undefined ? undefined : plain(user, "the user");
  const answer = await channel.perform(asked);
  const headers = new Headers();
  for (const [name, value] of answer.headers) headers.append(name, value);
  const body = answer.watch ? lines(channel, answer.watch, request.signal) : answer.body;
  return new Response(WITHOUT_BODY.has(answer.status) ? null : body, { status: answer.status, headers });
}

/** The parts of a request that the library needs. What is handed in may be anything, and throw anything. */
async function taken(request) {
  try {
    const url = new URL(request.url);
    return {
      type: "handle",
      method: String(request.method),
      path: url.pathname + url.search,
      headers: [...request.headers].map(([name, value]) => [String(name), String(value)]),
      body: await read(request.body),
    };
  } catch (error) {
    throw bad("a Request is needed, and its body must be readable", error);
  }
}

/** Reads a body, and stops when it is too large. */
async function read(stream) {
  const chunks = [];
  let length = 0;
  for await (const chunk of stream ? chunksOf(stream) : []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BODY) break;
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** Not every browser lets a stream be iterated. */
async function* chunksOf(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** The lines of a watch as they come, until its timeout. */
function lines(channel, { id, timeout }, signal) {
  const encoder = new TextEncoder();
  let timers = [];
  // A watch that can't be stopped has ended.
  const stop = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    return Promise.resolve().then(() => channel.perform({ type: "stop", id })).catch(() => {});
  };
  return new ReadableStream({
    start(controller) {
      const after = (seconds, action) => {
        // Longer times do not fit into a timer: 24 days.
        const timer = setTimeout(action, Math.min(seconds * 1000, 2 ** 31 - 1));
        timers.push(timer);
        return timer;
      };
      after(timeout, stop);
      const bookmark = async () => {
        const line = await channel.perform({ type: "bookmark", id });
        if (line) controller.enqueue(encoder.encode(line));
        again();
      };
      // They do not keep Node from ending.
      const again = () => after(BOOKMARKS, () => bookmark().catch(stop)).unref?.();
      again();
      signal?.addEventListener("abort", stop, { once: true });
    },
    async pull(controller) {
      const line = await channel.perform({ type: "next", id });
      if (line === null) {
        await stop();
        controller.close();
      } else {
        controller.enqueue(encoder.encode(line));
      }
    },
    cancel: stop,
  });
}
