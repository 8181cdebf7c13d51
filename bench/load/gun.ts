import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Lane, requestBytes } from './lane.ts';

/*
 * The load generator, a process of its own: what it computes and collects falls on no server that is measured, and not on
 * the bench either. It is sent a `Volley` at a time over IPC and answers with `Hits`.
 */

/** What to send. */
export interface Aim {
  url: string;
  method: 'GET' | 'POST';
  body: string | null;
  headers: Record<string, string>;
}

export interface Volley extends Aim {
  seconds: number;
  /** Ends it instead of the seconds where it is not null. */
  requests: number | null;
  connections: number;
  /** Requests a second, evenly spaced; null: each connection sends again as soon as it has its reply. */
  rate: number | null;
}

export interface Hits {
  /** Replies with a 2xx status. */
  done: number;
  /** What else came back, or did not. */
  failed: number;
  seconds: number;
  /** Milliseconds of each reply at a rate, ascending; [] without one. */
  latencies: number[];
}

/** As fast as replies come. */
async function flatOut({ url, method, body, headers, connections, seconds, requests }: Volley): Promise<Hits> {
  const end = requests === null ? { duration: seconds } : { amount: requests };
  const result = await autocannon({ url, method, headers, connections, ...end, ...(body === null ? {} : { body }) });
  return { done: result['2xx'], failed: result.non2xx + result.errors, seconds: result.duration, latencies: [] };
}

/**
 * At a rate that does not heed the replies, so that a server that stands still is seen by all who come meanwhile: who finds
 * no connection free waits for one, and that counts. Timers know whole milliseconds: what is due within one goes out at
 * once, and its time runs from there.
 */
async function steady({ connections, seconds, ...aim }: Volley, rate: number): Promise<Hits> {
  const request = requestBytes(aim);
  const free = Array.from({ length: connections }, () => new Lane(aim.url, request));
  const all = [...free];
  const waiting: number[] = [];
  const latencies: number[] = [];
  let failed = 0;
  const sendOn = (lane: Lane, due: number): void =>
    lane.send((status) => {
      if (status >= 200 && status < 300) latencies.push(performance.now() - due);
      else failed += 1;
      const next = waiting.shift();
      if (next === undefined) free.push(lane);
      else sendOn(lane, next);
    });
  const begun = performance.now();
  const count = Math.round(rate * seconds);
  for (let sent = 0; sent < count; ) {
    const now = performance.now();
    const due = Math.min(count, Math.floor(((now - begun) * rate) / 1_000) + 1);
    for (; sent < due; sent += 1) {
      const lane = free.pop();
      if (lane) sendOn(lane, now);
      else waiting.push(now);
    }
    await sleep(1);
  }
  while (latencies.length + failed < count) await sleep(1);
  for (const lane of all) lane.close();
  return { done: latencies.length, failed, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

process.on('message', (volley: Volley) => {
  void (volley.rate === null ? flatOut(volley) : steady(volley, volley.rate)).then((hits) => process.send?.(hits));
});
process.on('disconnect', () => process.exit());
