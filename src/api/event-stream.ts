import { setTimeout as sleep } from 'node:timers/promises';

/** A message of an event stream (HTML Living Standard, section 9.2). Data is one line. */
export interface Message {
  id: string;
  event: string;
  data: string;
}

/** What tells intermediaries, and the follower, that the connection is alive. */
const HEARTBEAT = ': alive\n\n';

/** The follower comes again this long after a connection that broke. */
const RETRY = 'retry: 2000\n\n';

/**
 * The text of an event stream: `messages` as they come and a comment whenever there was none for `heartbeatMs`.
 * Ends with them; when the reader leaves, they are told to end.
 */
export async function* eventStream(messages: AsyncGenerator<Message, void>, heartbeatMs: number): AsyncGenerator<string, void> {
  yield RETRY;
  try {
    for (let next = messages.next(); ; ) {
      const timer = new AbortController();
      const silence = sleep(heartbeatMs, null, { signal: timer.signal }).catch(() => null);
      const step = await Promise.race([next, silence]);
      timer.abort();
      if (step === null) {
        yield HEARTBEAT;
        continue;
      }
      if (step.done) return;
      const { id, event, data } = step.value;
      yield `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
      next = messages.next();
    }
  } finally {
    await messages.return();
  }
}
