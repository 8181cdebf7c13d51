import { pino } from 'pino';
import { Closers } from '../src/bin/compose.ts';
import { demoEndpoint } from '../src/bin/demo-endpoint.ts';
import { openShared } from '../src/bin/shared.ts';
import { createEndpoints } from '../src/endpoints/index.ts';
import type { Endpoint } from '../src/service/ports.ts';
import { startTestRedis } from '../test/helpers/redis.ts';
import { type Arrival, type Limited, startLimited } from './limited-server.ts';

/*
 * What a server with a limit sees of us: whether anything comes before its time, how much of what it allows is used once
 * the rate has settled, and how owners and workers share it.
 */

const RATE = 20;
const SECONDS = 20;
/** The first seconds, in which the burst is spent and the rate is learnt. */
const SETTLING = 5;
const TOLERANCE = 0.1;
/** A request that the server meets so soon after its 429 was under way before anybody could know. */
const UNDER_WAY_MS = 100;

const silent = pino({ level: 'silent' });

interface Case {
  name: string;
  retryAfter: boolean;
  workers: number;
  /** Jobs per owner. */
  owners: Record<string, number>;
}

const CASES: readonly Case[] = [
  { name: '429 without a time', retryAfter: false, workers: 1, owners: { ann: 1 } },
  { name: '429 with Retry-After', retryAfter: true, workers: 1, owners: { ann: 1 } },
  { name: 'two owners, one with three jobs', retryAfter: false, workers: 1, owners: { ann: 1, bob: 3 } },
  { name: 'two workers, Retry-After', retryAfter: true, workers: 2, owners: { ann: 1, bob: 1 } },
];

/** Asks one call after the other, so many at once, until the signal. Gives how many failed. */
async function busy(endpoint: Endpoint, owner: string, signal: AbortSignal): Promise<number> {
  let failed = 0;
  const calls = Array.from({ length: 2 * RATE * SECONDS }, (_, index) => ({ model: 'm', messages: [{ role: 'user', content: `${owner} ${index}` }] }));
  const own = endpoint.as({ owner, job: {} });
  await own
    .generate(calls, { signal, admit: () => true, onOutcome: (_, outcome) => void (failed += Number(outcome.kind === 'failed')), onUsage: () => undefined })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  return failed;
}

/** Arrivals before a time that the server had named, once the news of it could have come. */
function early(arrivals: readonly Arrival[]): number {
  const named = arrivals.flatMap(({ at, until }) => (until === null ? [] : [{ at, until }]));
  return arrivals.filter(({ at }) => named.some((told) => told.at + UNDER_WAY_MS < at && at < told.until)).length;
}

const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

async function measure({ name, retryAfter, workers, owners }: Case, redisUrl: string): Promise<string> {
  const server: Limited = await startLimited({ rate: RATE, burst: RATE, retryAfter, latencyMs: 20 });
  const closers = new Closers();
  const stop = AbortSignal.timeout(SECONDS * 1_000);
  const asks: Promise<number>[] = [];
  for (let worker = 0; worker < workers; worker += 1) {
    const shared = await openShared({ redisUrl, prefix: `{${name.replaceAll(/\W/g, '')}}` }, closers, silent);
    const settings = { ...demoEndpoint(server.url), concurrency: 32, models: ['m'], identity: name };
    const endpoints = createEndpoints({ default: 'demo', endpoints: [settings] }, shared);
    closers.add('endpoints', () => endpoints.close());
    const endpoint = endpoints.get('demo');
    if (!endpoint) throw new Error('the endpoint is not there');
    for (const [owner, jobs] of Object.entries(owners)) for (let job = 0; job < jobs; job += 1) asks.push(busy(endpoint, owner, stop));
  }
  const failed = (await Promise.all(asks)).reduce((sum, count) => sum + count, 0);
  await closers.closeAll(silent);
  await server.close();
  const begun = server.arrivals[0]?.at ?? 0;
  const settled = server.arrivals.filter(({ at }) => at >= begun + SETTLING * 1_000 && at < begun + SECONDS * 1_000);
  const taken = settled.filter((arrival) => arrival.taken);
  const used = taken.length / (RATE * (SECONDS - SETTLING));
  const counts = Object.keys(owners).map((owner) => taken.filter((arrival) => arrival.owner === owner).length);
  const uneven = counts.length < 2 ? null : Math.max(...counts.map((count) => Math.abs((count * counts.length) / taken.length - 1)));
  const refused = 1 - taken.length / settled.length;
  const before = early(server.arrivals);
  const met = Math.abs(used - 1) <= TOLERANCE && before === 0 && failed === 0 && (uneven ?? 0) <= TOLERANCE;
  return `| ${name} | ${percent(used)} | ${percent(refused)} | ${before} | ${uneven === null ? '–' : percent(uneven)} | ${failed} | ${verdict(met)} |`;
}

/** The section of docs/benchmarks.md. */
export async function run(): Promise<string> {
  const redis = await startTestRedis();
  const rows: string[] = [];
  for (const each of CASES) rows.push(await measure(each, redis.url));
  await redis.stop();
  return [
    '## Limits of an endpoint',
    '',
    `A server that takes ${RATE} requests a second (a token bucket of as many) and refuses the rest with 429; jobs that always`,
    `have more to ask, 32 at once in each worker, for ${SECONDS} s. Counted on the server's clock of arrivals after the first ${SETTLING} s.`,
    '',
    `Tolerance: the allowed rate used within ${percent(TOLERANCE)}; nothing before a named time (what arrives within ${UNDER_WAY_MS} ms of the 429 was`,
    `under way); owners within ${percent(TOLERANCE)} of even; no evaluation lost.`,
    '',
    '| case | of the rate used | refused | before its time | owners off even | lost | |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
