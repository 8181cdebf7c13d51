import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';

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
 * At a rate that does not heed the replies, so that a server that stands still is seen by all who come meanwhile. Timers
 * know whole milliseconds: what is due within one goes out at once, and its time runs from there.
 */
async function steady({ url, method, body, headers, connections, seconds }: Volley, rate: number): Promise<Hits> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const latencies: number[] = [];
  let failed = 0;
  const send = async (): Promise<void> => {
    const sent = performance.now();
    try {
      const reply = await pool.request({ path: pathname, method, headers, body });
      await reply.body.dump();
      if (reply.statusCode >= 200 && reply.statusCode < 300) latencies.push(performance.now() - sent);
      else failed += 1;
    } catch {
      failed += 1;
    }
  };
  const under: Promise<void>[] = [];
  const begun = performance.now();
  const count = Math.round(rate * seconds);
  while (under.length < count) {
    const due = Math.min(count, Math.floor(((performance.now() - begun) * rate) / 1_000) + 1);
    while (under.length < due) under.push(send());
    await sleep(1);
  }
  await Promise.all(under);
  await pool.close();
  return { done: latencies.length, failed, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

process.on('message', (volley: Volley) => {
  void (volley.rate === null ? flatOut(volley) : steady(volley, volley.rate)).then((hits) => process.send?.(hits));
});
process.on('disconnect', () => process.exit());
