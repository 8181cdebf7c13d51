import { type Http, pause } from './http.ts';
import { WhereforeError, retryAfterOf } from './problem.ts';
import type { Attribution, Explanation, Progress, Status } from './schema.ts';
import { eventsOf } from './sse.ts';

/** What happens to an explanation. The last one is named by its end and holds it. */
export type ExplanationEvent =
  | { type: 'status'; data: { status: Status } }
  | { type: 'progress'; data: Progress }
  /** What would be said if the job had to stop now. */
  | { type: 'attributions'; data: { attributions: Attribution[] } }
  | { type: 'completed' | 'failed' | 'cancelled'; data: Explanation };

const ENDS: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
/** Streams in a row that break without a word: something on the way does not let them through. */
const MOST_BROKEN = 3;
const RETRY_SECONDS = 2;
const POLL_SECONDS = 1;

export const hasEnded = ({ status }: Explanation): boolean => ENDS.has(status);

/** Polls until the end: at first at once, then as `Retry-After` says; what has not changed is not sent again. */
async function* poll(http: Http, path: string, signal: AbortSignal | undefined): AsyncGenerator<ExplanationEvent, void> {
  let etag = '';
  for (;;) {
    const reply = await http.send(path, { signal, headers: etag === '' ? {} : { 'if-none-match': etag } });
    if (reply.status !== 304) {
      etag = reply.headers.get('etag') ?? '';
      const explanation = (await reply.json()) as Explanation;
      if (hasEnded(explanation)) {
        yield { type: explanation.status as 'completed', data: explanation };
        return;
      }
      if (explanation.progress) yield { type: 'progress', data: explanation.progress };
    }
    await pause(retryAfterOf(reply) ?? POLL_SECONDS, signal);
  }
}

/**
 * Everything that happens to an explanation, up to its end: by its event stream, resumed where it breaks, and by polling where
 * no stream comes through.
 * @throws WhereforeError not_found when it was erased, and what the service refuses; the signal's reason
 */
export async function* follow(http: Http, id: string, signal?: AbortSignal): AsyncGenerator<ExplanationEvent> {
  const path = `/v1/explanations/${encodeURIComponent(id)}`;
  let last = '';
  let retry = RETRY_SECONDS;
  for (let broken = 0; broken < MOST_BROKEN; broken += 1) {
    try {
      const reply = await http.send(`${path}/events`, { signal, headers: { accept: 'text/event-stream', ...(last === '' ? {} : { 'last-event-id': last }) } });
      if (!reply.body || !reply.headers.get('content-type')?.startsWith('text/event-stream')) break;
      for await (const { id: seen, event, data } of eventsOf(reply.body, (milliseconds) => (retry = milliseconds / 1_000))) {
        last = seen;
        broken = -1;
        yield { type: event, data: JSON.parse(data) as unknown } as ExplanationEvent;
        if (ENDS.has(event)) return;
      }
    } catch (error) {
      if (signal?.aborted || error instanceof WhereforeError || error instanceof SyntaxError) throw error;
    }
    await pause(retry, signal);
  }
  yield* poll(http, path, signal);
}
