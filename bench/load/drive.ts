import autocannon from 'autocannon';

/** Something to send, again and again. */
export interface Shot {
  url: string;
  method?: 'GET' | 'POST';
  body?: string;
  headers?: Record<string, string>;
  /** Microseconds of CPU that the server has taken so far. */
  cpu: () => Promise<number>;
}

export interface Volley {
  /** Replies with a 2xx status, a second. */
  rate: number;
  /** Microseconds of the server's CPU for each. */
  cpu: number;
  p50: number;
  p99: number;
}

/** Sends from so many connections for so many seconds, as fast as replies come or at a rate. @throws Error when a reply is no 2xx */
export async function fire({ url, method = 'GET', body, headers = {}, cpu }: Shot, seconds: number, connections: number, rate?: number): Promise<Volley> {
  const before = await cpu();
  const result = await autocannon({ url, method, headers, connections, duration: seconds, ...(body === undefined ? {} : { body }), ...(rate === undefined ? {} : { overallRate: rate }) });
  const after = await cpu();
  const done = result['2xx'];
  if (done === 0 || result.non2xx > 0 || result.errors > 0) throw new Error(`${url}: ${done} replies, ${result.non2xx} with another status, ${result.errors} errors`);
  return { rate: done / result.duration, cpu: (after - before) / done, p50: result.latency.p50, p99: result.latency.p99 };
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

export interface Compared {
  /** Medians over the rounds. */
  rates: number[];
  cpus: number[];
  /** Of the first to each: the median over the rounds of the ratio within a round. */
  rateRatios: number[];
  cpuRatios: number[];
}

/** The shots in turns, so that what else the machine does falls on all of them; one round before counts for nothing. */
export async function compare(shots: readonly Shot[], rounds: number, seconds: number, connections: number): Promise<Compared> {
  for (const shot of shots) await fire(shot, seconds, connections);
  const volleys: Volley[][] = shots.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    // the order alternates, too: whoever is first in a round is not always the same
    const order = shots.map((_, index) => index);
    for (const index of round % 2 === 0 ? order : order.toReversed()) volleys[index]?.push(await fire(shots[index] as Shot, seconds, connections));
  }
  const ratios = (of: (volley: Volley) => number) => volleys.map((list) => median(list.map((volley, round) => of(volley) / of(volleys[0]?.[round] as Volley))));
  return {
    rates: volleys.map((list) => median(list.map(({ rate }) => rate))),
    cpus: volleys.map((list) => median(list.map(({ cpu }) => cpu))),
    rateRatios: ratios(({ rate }) => rate),
    cpuRatios: ratios(({ cpu }) => cpu),
  };
}
