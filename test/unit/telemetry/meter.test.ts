import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { underName } from '../../../src/endpoints/under-name.ts';
import type { Reply, Watch } from '../../../src/service/meter.ts';
import { createEndpointMetrics } from '../../../src/telemetry/endpoint-metrics.ts';
import { createMeter } from '../../../src/telemetry/meter.ts';
import { watches } from '../../../src/telemetry/watches.ts';

/** Samples that are not 0, by series; what a clock decides is left out. */
async function samples(registry: Registry): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#') && !/_(bucket|sum)[{ ]/.test(line));
  return Object.fromEntries(lines.map((line) => line.split(' ')).filter(([, value]) => value !== '0').map(([series = '', value]) => [series, Number(value)]));
}

const reply = (outcome: string, promptTokens: number): Reply => ({
  outcome,
  usage: { calls: 0, httpRequests: 1, promptTokens, cachedTokens: 2, completionTokens: 3, costUsd: 0.5 },
});

it('counts a job from acceptance to its end', async () => {
  const registry = new Registry();
  const meter = createMeter(registry);
  meter.accepted('auto');
  const first = meter.started('auto', 2);
  expect(await samples(registry)).toMatchObject({ 'wherefore_jobs_in_progress{method="auto"}': 1 });
  first.evaluated('asked', 4);
  first.evaluated('failed', 1);
  first.left('retried');
  const second = meter.started('auto', null);
  second.evaluated('cached', 3);
  second.ended('completed');
  second.left('ended');
  meter.ended('shapley', 'cancelled');
  expect(await samples(registry)).toEqual({
    'wherefore_jobs_accepted_total{method="auto"}': 1,
    'wherefore_jobs_started_total{method="auto"}': 2,
    'wherefore_jobs_ended_total{method="auto",status="completed"}': 1,
    'wherefore_jobs_ended_total{method="shapley",status="cancelled"}': 1,
    'wherefore_job_attempts_total{method="auto",how="retried"}': 1,
    'wherefore_job_attempts_total{method="auto",how="ended"}': 1,
    // a second attempt is no wait
    'wherefore_job_wait_seconds_count{method="auto"}': 1,
    'wherefore_job_duration_seconds_count{method="auto",status="completed"}': 1,
    'wherefore_evaluations_total{method="auto",what="asked"}': 4,
    'wherefore_evaluations_total{method="auto",what="failed"}': 1,
    'wherefore_evaluations_total{method="auto",what="cached"}': 3,
  });
});

it('counts requests to endpoints by how they ended', async () => {
  const registry = new Registry();
  const watch = createEndpointMetrics(registry);
  const request = { endpoint: 'a', path: '/completions', model: 'any', evaluations: 8 };
  const [one, other] = [watch.sent(request), watch.sent(request)];
  expect(await samples(registry)).toMatchObject({ 'wherefore_endpoint_requests_in_flight{endpoint="a"}': 2 });
  one(reply('http_429', 0));
  other(reply('ok', 10));
  watch.again('a');
  watch.paused('a');
  watch.waited('a', 1);
  expect(await samples(registry)).toEqual({
    'wherefore_endpoint_request_duration_seconds_count{endpoint="a",outcome="http_429"}': 1,
    'wherefore_endpoint_request_duration_seconds_count{endpoint="a",outcome="ok"}': 1,
    'wherefore_endpoint_wait_seconds_count{endpoint="a"}': 1,
    'wherefore_endpoint_retries_total{endpoint="a"}': 1,
    'wherefore_endpoint_pauses_total{endpoint="a"}': 1,
    'wherefore_endpoint_tokens_total{endpoint="a",kind="prompt"}': 10,
    'wherefore_endpoint_tokens_total{endpoint="a",kind="cached"}': 4,
    'wherefore_endpoint_tokens_total{endpoint="a",kind="completion"}': 6,
    'wherefore_endpoint_cost_usd_total{endpoint="a"}': 1,
  });
});

it('tells everybody who watches', () => {
  const heard: string[] = [];
  const watch = (name: string): Watch => ({
    sent: ({ endpoint }) => {
      heard.push(`${name} sent ${endpoint}`);
      return ({ outcome }) => void heard.push(`${name} ${outcome}`);
    },
    waited: (endpoint, seconds) => void heard.push(`${name} waited ${endpoint} ${seconds}`),
    again: (endpoint) => void heard.push(`${name} again ${endpoint}`),
    paused: (endpoint) => void heard.push(`${name} paused ${endpoint}`),
  });
  const both = watches([watch('x'), underName('all', watch('y'))]);
  both.sent({ endpoint: 'e', path: '/', model: null, evaluations: 1 })(reply('ok', 0));
  both.waited('e', 3);
  both.again('e');
  both.paused('e');
  expect(heard).toEqual(['sent e', 'ok', 'waited e 3', 'again e', 'paused e'].flatMap((what) => [`x ${what}`, `y ${what.replace(' e', ' all')}`]));
});
