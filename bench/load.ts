import { Redis } from 'ioredis';
import { startProcess } from '../test/helpers/processes.ts';
import { startTestRedis } from '../test/helpers/redis.ts';
import { crowdOf, redisCpu } from './load/crowd.ts';
import { type Compared, compare, type Fired, type Gun, quantile, type Shot, type Spread, spreadOf, startGun } from './load/drive.ts';
import { finishedJob, jobBody, type Service, startService } from './load/service.ts';

/*
 * What the API costs over what must be done anyway, inside one run: the shipped process beside a bare one, in turns.
 */

const ROUNDS = 9;
/** Requests before that count for nothing. V8 compiles the checks of a body for good after about ten thousand of them. */
const WARM = 20_000;
const SECONDS = 2;
const CONNECTIONS = 16;
const CROWD = 10_000;
const LEAST = { polls: 0.7, submissions: 0.6 };
const TAIL = 5;
/** What two equal halves of a run differ by. */
const NOISE = 0.05;

const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const whole = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(' · ');
const range = ({ least, most }: Spread, shown: (value: number) => string) => `${shown(least)} – ${shown(most)}`;
const hundredths = (value: number) => value.toFixed(2);

function row(name: string, { rates, cpus, rateRatio, cpuRatio }: Compared, least: number): string {
  return `| ${name} | ${whole(rates)} | ${percent(rateRatio.median)} | ${range(rateRatio, percent)} | ${percent(least)} | ${whole(cpus)} | ${hundredths(cpuRatio.median)} | ${verdict(rateRatio.median >= least)} |`;
}

const cpuOf = (service: Service) => async () => 1e6 * (await service.api.metric('process_cpu_seconds_total'));

/** At half of what was reached: how far the tail is from the middle, in turns with the bare process at the same rate. */
async function tails(gun: Gun, bare: Shot, service: Shot, best: number): Promise<string[]> {
  const rate = Math.max(1, Math.floor(best / 2));
  const middles: number[][] = [[], []];
  const ends: number[][] = [[], []];
  const ratios: number[][] = [[], []];
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [index, shot] of [bare, service].entries()) {
      const { latencies } = await gun.fire(shot, SECONDS, CONNECTIONS, rate);
      if (round < 0) continue;
      const [middle, end] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
      middles[index]?.push(middle);
      ends[index]?.push(end);
      ratios[index]?.push(end / middle);
    }
  }
  return ['bare', 'service'].map((name, index) => {
    const ratio = spreadOf(ratios[index] ?? []);
    const [p50, p99] = [spreadOf(middles[index] ?? []), spreadOf(ends[index] ?? [])];
    return `| ${name} at ${rate} a second | ${hundredths(p50.median)} | ${hundredths(p99.median)} | ${ratio.median.toFixed(1)} | ${range(ratio, (value) => value.toFixed(1))} | ${name === 'bare' ? '' : verdict(ratio.median < TAIL)} |`;
  });
}

/** The same poll of the same service with and without the crowd, in turns. */
async function crowded(gun: Gun, redis: Redis, prefix: string, id: string, shot: Shot): Promise<string> {
  const crowd = await crowdOf(redis, prefix, id, CROWD);
  // what the crowd costs Redis counts as well
  const both: Shot = { ...shot, cpu: async () => (await shot.cpu()) + (await redisCpu(redis)) };
  const way = (prepare: () => Promise<void>) => async (): Promise<Fired> => {
    await prepare();
    return gun.fire(both, SECONDS, CONNECTIONS);
  };
  // removing what is not there leaves the server as warm as adding
  const { rates, cpus, rateRatio, cpuRatio } = await compare([way(crowd.remove), way(crowd.add)], ROUNDS);
  return `| ${whole(rates)} | ${percent(rateRatio.median)} | ${whole(cpus)} | ${hundredths(cpuRatio.median)} | ${range(cpuRatio, hundredths)} | ${verdict(cpuRatio.median <= 1 + NOISE)} |`;
}

/** The section of docs/benchmarks.md. */
export async function run(): Promise<string> {
  const redis = await startTestRedis();
  const client = new Redis(redis.url);
  const prefix = '{load}';
  const service = await startService(redis, prefix);
  const worker = await service.addWorker();
  const id = await finishedJob(service.url, 'One.');
  await worker.process.stop();
  const text = await (await fetch(`${service.url}/v1/explanations/${id}`)).text();
  await client.set('bare', text);
  const bare = await startProcess('bench/load/bare.ts', {}, { readyPattern: /listening/ }, [redis.url, 'bare']);
  const bareUrl = /listening (\S+)/.exec(bare.stdout())?.[1] ?? '';
  const bareCpu = async () => {
    const { user, system } = (await (await fetch(`${bareUrl}/cpu`)).json()) as NodeJS.CpuUsage;
    return user + system;
  };
  const gun = startGun();
  const get = { method: 'GET' as const, body: null, headers: {} };
  const post = { method: 'POST' as const, body: jobBody('Another.'), headers: { 'content-type': 'application/json' } };
  const inTurns = async (one: Shot, other: Shot) => {
    for (const shot of [one, other]) await gun.warm(shot, WARM, CONNECTIONS);
    return compare([() => gun.fire(one, SECONDS, CONNECTIONS), () => gun.fire(other, SECONDS, CONNECTIONS)], ROUNDS);
  };
  const read: Shot = { url: `${bareUrl}/read`, cpu: bareCpu, ...get };
  const poll: Shot = { url: `${service.url}/v1/explanations/${id}`, cpu: cpuOf(service), ...get };
  const polls = await inTurns(read, poll);
  const latency = await tails(gun, read, poll, polls.rates[1]);
  const crowd = await crowded(gun, client, prefix, id, poll);
  const submissions = await inTurns({ url: `${bareUrl}/add`, cpu: bareCpu, ...post }, { url: `${service.url}/v1/explanations`, cpu: cpuOf(service), ...post });
  gun.stop();
  client.disconnect();
  await Promise.all([service.close(), bare.stop()]);
  await redis.stop();
  return [
    '## The API under load',
    '',
    `Shipped processes beside a bare one, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each in turns after ${WARM} requests to warm up;`,
    'medians of the ratios within a round, and how far they spread. The load generator is a process of its own; it and Redis share the machine. Polls read a finished',
    `explanation of ${text.length} characters; bare is a Fastify route that sends the same text from the same Redis. Submissions are calls of 14`,
    "sentences; bare checks the body by the service's own schema and adds it to a queue of BullMQ with the service's own job options: it does not",
    'plan, refuse, estimate, store, index, tell or log anything.',
    '',
    '| | bare · service, /s | rate | spread | at least | CPU, µs each | CPU ratio | |',
    '|---|---|---|---|---|---|---|---|',
    row('polls', polls, LEAST.polls),
    row('submissions', submissions, LEAST.submissions),
    '',
    `Polls evenly spaced at half of what the service reached, whether replies come or not. Tolerance: the 99th percentile below ${TAIL} medians.`,
    '',
    '| | median, ms | 99 %, ms | ratio | spread | |',
    '|---|---|---|---|---|---|',
    ...latency,
    '',
    `The same poll with and without ${CROWD} other finished explanations of the owner, in turns, CPU of API and Redis. Tolerance: ${percent(NOISE)} of it.`,
    '',
    '| polls, /s | rate | CPU, µs each | CPU ratio | spread | |',
    '|---|---|---|---|---|---|',
    crowd,
  ].join('\n');
}
