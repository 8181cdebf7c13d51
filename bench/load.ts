import { Redis } from 'ioredis';
import { startProcess } from '../test/helpers/processes.ts';
import { startTestRedis } from '../test/helpers/redis.ts';
import { addFinished } from './load/crowd.ts';
import { type Compared, compare, fire, median, type Shot } from './load/drive.ts';
import { memory } from './load/memory.ts';
import { finishedJob, jobBody, type Service, startService } from './load/service.ts';

/*
 * What the API costs over what must be done anyway, inside one run: the shipped process beside a bare one, in turns.
 */

const ROUNDS = 7;
const SECONDS = 3;
const CONNECTIONS = 16;
const CROWD = 10_000;
const LEAST = { polls: 0.7, submissions: 0.6 };
const TAIL = 5;
/** What two equal services differ by from run to run. */
const NOISE = 0.05;

const verdict = (met: boolean) => (met ? 'met' : 'MISSED');
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

function row(name: string, { rates, cpus, rateRatios, cpuRatios }: Compared, least: number): string {
  const [bare = NaN, ours = NaN] = rates;
  const ratio = rateRatios[1] ?? NaN;
  return `| ${name} | ${bare.toFixed(0)} | ${ours.toFixed(0)} | ${percent(ratio)} | ${percent(least)} | ${cpus.map((value) => value.toFixed(0)).join(' · ')} | ${(cpuRatios[1] ?? NaN).toFixed(2)} | ${verdict(ratio >= least)} |`;
}

const cpuOf = (service: Service) => async () => 1e6 * (await service.api.metric('process_cpu_seconds_total'));

/** A poll at half of what was reached: how far the tail is from the middle. */
async function tail(shot: Shot, best: number): Promise<string> {
  const volleys = [];
  for (let round = 0; round < ROUNDS; round += 1) volleys.push(await fire(shot, SECONDS, CONNECTIONS, Math.max(1, Math.floor(best / 2))));
  const [p50, p99] = [median(volleys.map((volley) => volley.p50)), median(volleys.map((volley) => volley.p99))];
  // whole milliseconds are all that is measured: below one, the tail is held to five of them
  return `| polls at ${Math.floor(best / 2)} a second | ${p50} | ${p99} | ${verdict(p99 <= TAIL * Math.max(1, p50))} |`;
}

async function crowded(small: Shot, large: Shot): Promise<string> {
  const { rates, cpus, rateRatios, cpuRatios } = await compare([small, large], ROUNDS, SECONDS, CONNECTIONS);
  const ratio = cpuRatios[1] ?? NaN;
  return `| ${rates.map((value) => value.toFixed(0)).join(' · ')} | ${percent(rateRatios[1] ?? NaN)} | ${cpus.map((value) => value.toFixed(0)).join(' · ')} | ${ratio.toFixed(2)} | ${verdict(ratio <= 1 + NOISE)} |`;
}

/** The section of docs/benchmarks.md. */
export async function run(): Promise<string> {
  const redis = await startTestRedis();
  const [service, other] = [await startService(redis, '{load}'), await startService(redis, '{crowd}')];
  const finished = async (of: Service) => {
    const worker = await of.addWorker();
    const id = await finishedJob(of.url, 'One.');
    await worker.process.stop();
    return id;
  };
  const [id, crowdId] = [await finished(service), await finished(other)];
  const text = await (await fetch(`${service.url}/v1/explanations/${id}`)).text();
  const client = new Redis(redis.url);
  await client.set('bare', text);
  client.disconnect();
  const bare = await startProcess('bench/load/bare.ts', {}, { readyPattern: /listening/ }, [redis.url, 'bare']);
  const bareUrl = /listening (\S+)/.exec(bare.stdout())?.[1] ?? '';
  const bareCpu = async () => {
    const { user, system } = (await (await fetch(`${bareUrl}/cpu`)).json()) as NodeJS.CpuUsage;
    return user + system;
  };
  const poll: Shot = { url: `${service.url}/v1/explanations/${id}`, cpu: cpuOf(service) };
  const polls = await compare([{ url: `${bareUrl}/read`, cpu: bareCpu }, poll], ROUNDS, SECONDS, CONNECTIONS);
  const latency = await tail(poll, polls.rates[1] ?? NaN);
  await addFinished(redis.url, '{crowd}', crowdId, CROWD);
  const crowd = await crowded(poll, { url: `${other.url}/v1/explanations/${crowdId}`, cpu: cpuOf(other) });
  const post = { method: 'POST' as const, body: jobBody('Another.'), headers: { 'content-type': 'application/json' } };
  const submissions = await compare(
    [
      { url: `${bareUrl}/add`, cpu: bareCpu, ...post },
      { url: `${service.url}/v1/explanations`, cpu: cpuOf(service), ...post },
    ],
    ROUNDS,
    SECONDS,
    CONNECTIONS,
  );
  await Promise.all([service.close(), other.close(), bare.stop()]);
  await redis.stop();
  return [
    '## The API under load',
    '',
    `Shipped processes, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each in turns, medians of the ratios within a round; the load generator and`,
    `Redis share the machine. Polls read a finished explanation of ${text.length} characters; bare is a Fastify route that sends the same`,
    "text from the same Redis. Submissions are calls of 14 sentences; bare checks the body by the service's own schema and puts it on a queue of",
    'BullMQ, without planning, storing, an index, events or a log.',
    '',
    '| | bare, /s | service, /s | rate | at least | CPU, µs each | CPU ratio | |',
    '|---|---|---|---|---|---|---|---|',
    row('polls', polls, LEAST.polls),
    row('submissions', submissions, LEAST.submissions),
    '',
    `Tolerance: the 99th percentile below ${TAIL} medians at half load.`,
    '',
    '| | median, ms | 99 %, ms | |',
    '|---|---|---|---|',
    latency,
    '',
    `A poll beside one finished explanation and beside ${CROWD}, two services on one Redis in turns. Tolerance: ${percent(NOISE)} of CPU, what two equal ones`,
    'differ by.',
    '',
    '| polls, /s | rate | CPU, µs each | CPU ratio | |',
    '|---|---|---|---|---|',
    crowd,
    '',
    ...(await memory()),
  ].join('\n');
}
