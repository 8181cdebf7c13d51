import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Aim, Hits, Volley } from './gun.ts';

/** Something to send, again and again. */
export interface Shot extends Aim {
  /** Microseconds of CPU that the server has taken so far. */
  cpu: () => Promise<number>;
}

export interface Fired extends Hits {
  /** Replies a second. */
  rate: number;
  /** Microseconds of the server's CPU for each. */
  cpu: number;
}

/** The load generator's process. */
export interface Gun {
  /** @param rate left out: as fast as replies come. @throws Error when a reply is no 2xx */
  fire(shot: Shot, seconds: number, connections: number, rate?: number): Promise<Fired>;
  /** Sends so many requests, which count for nothing. */
  warm(shot: Shot, requests: number, connections: number): Promise<void>;
  stop(): void;
}

export function startGun(): Gun {
  const child = fork(new URL('gun.ts', import.meta.url));
  const send = async ({ url, method, body, headers }: Shot, volley: Omit<Volley, keyof Aim>): Promise<Hits> => {
    child.send({ url, method, body, headers, ...volley } satisfies Volley);
    const [hits] = (await once(child, 'message')) as [Hits];
    if (hits.done === 0 || hits.failed > 0) throw new Error(`${url}: ${hits.done} replies, ${hits.failed} failed`);
    return hits;
  };
  return {
    async fire(shot, seconds, connections, rate) {
      const before = await shot.cpu();
      const hits = await send(shot, { seconds, requests: null, connections, rate: rate ?? null });
      return { ...hits, rate: hits.done / hits.seconds, cpu: ((await shot.cpu()) - before) / hits.done };
    },
    async warm(shot, requests, connections) {
      await send(shot, { seconds: 0, requests, connections, rate: null });
    },
    stop: () => child.disconnect(),
  };
}

/** A quantile of ascending values, the nearest one. */
export const quantile = (ascending: readonly number[], share: number): number => ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** What the rounds came to: the middle one, and how far apart they are. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values);
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/** One way against another, in turns. */
export interface Compared {
  /** Of each, the median over the rounds. */
  rates: [number, number];
  cpus: [number, number];
  /** The second to the first, within a round. */
  rateRatio: Spread;
  cpuRatio: Spread;
}

/**
 * Two ways in turns, so that what else the machine does falls on both; the order within a round alternates, too.
 */
export async function compare(ways: readonly [() => Promise<Fired>, () => Promise<Fired>], rounds: number): Promise<Compared> {
  const fired: [Fired, Fired][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = ways;
    if (round % 2 === 0) fired.push([await first(), await second()]);
    else {
      const ahead = await second();
      fired.push([await first(), ahead]);
    }
  }
  const medians = (of: (one: Fired) => number): [number, number] => [quantile(ascending(fired.map(([one]) => of(one))), 0.5), quantile(ascending(fired.map(([, other]) => of(other))), 0.5)];
  const ratios = (of: (one: Fired) => number) => spreadOf(fired.map(([one, other]) => of(other) / of(one)));
  return { rates: medians(({ rate }) => rate), cpus: medians(({ cpu }) => cpu), rateRatio: ratios(({ rate }) => rate), cpuRatio: ratios(({ cpu }) => cpu) };
}
