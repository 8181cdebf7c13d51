import { afterEach, describe, expect, it } from 'vitest';
import { explainAndWait, startStack } from '../helpers/stack.ts';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';
import { weighedJob } from '../helpers/weighed-job.ts';

/*
 * Where generating and weighing are one computation, a probe sees no noise: a job then asks its unchanged call once more.
 */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Of what the model may say; the probe's own question is about Lars. */
function logprobOf(token: string, context: string): number | undefined {
  const knows = context.includes('based in Vilnius') || context.includes('Lars');
  return { In: -0.5, ' Vilnius.': knows ? -0.4 : -4, I: -2, At: -3, On: -4 }[token];
}

/** A server that repeats itself to the last bit until it is `unsteady`: then each value is off by up to 0.01 (a seeded Lehmer generator). */
async function serve(options: ModelServerOptions) {
  let size = 0;
  let state = 1;
  const off = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return size * ((2 * state) / 2_147_483_647 - 1);
  };
  const server = await startModelServer({
    ...options,
    answer: () => 'In Vilnius.',
    alternatives: ['I', 'At', 'On'],
    logprob: (token, context) => {
      const value = logprobOf(token, context);
      return value === undefined ? undefined : value + off();
    },
  });
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
  open.push(stack);
  const reply = await stack.app.inject({ method: 'POST', url: '/v1/endpoints/fake/probe', payload: { model: 'm' }, headers: { prefer: 'wait=30' } });
  return { stack, server, supports: reply.json<{ supports: { noise: Record<string, unknown> } }>().supports, unsteady: () => (size = 0.01) };
}

const likelihood = weighedJob();
const servers: [string, ModelServerOptions, object, string][] = [
  ['forces answers', { native: {} }, likelihood, 'forced_decoding'],
  ['has its answers followed', { echo: 'off', promptLogprobs: false, topLogprobs: 5 }, likelihood, 'aligned_top_logprobs'],
  ['shows first tokens', { echo: 'off', promptLogprobs: false, topLogprobs: 5 }, { ...likelihood, scorer: { id: 'first-token' } }, 'first_token'],
];

describe.each(servers)('a server that %s', (_, options, job, rung) => {
  it('is asked the unchanged call once more, counted as it is, and by nobody twice', async () => {
    const { stack, server, supports, unsteady } = await serve(options);
    expect(supports.noise['chat']).toEqual({});
    unsteady();
    const before = server.evaluationCount();
    const { body } = await explainAndWait(stack.app, job);
    const { scorer, evaluations, usage } = body.result ?? {};
    expect(body.error).toBeNull();
    expect(scorer).toMatchObject({ rung, noise_floor: [expect.any(Number)] });
    expect(scorer?.noise_floor?.[0]).toBeGreaterThan(0);
    // two readings are at most twice 0.01 apart for each of few tokens
    expect(scorer?.noise_floor?.[0]).toBeLessThan(0.3);
    expect(usage?.calls).toBe(server.evaluationCount() - before);
    expect(evaluations?.distinct).toBe((evaluations?.asked ?? 0) + (evaluations?.cached ?? 0));
    const again = (await explainAndWait(stack.app, job)).body.result;
    expect(again?.scorer.noise_floor).toEqual(scorer?.noise_floor);
    expect(again?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json<{ attributions: { indistinguishable: number[] }[] }>().attributions[0]?.indistinguishable).toEqual(body.result?.attributions[0]?.indistinguishable);
  });

  it('that repeats itself to the last bit has a floor of 0, and no score is taken for noise', async () => {
    const { stack } = await serve(options);
    const { body } = await explainAndWait(stack.app, job);
    expect(body.result?.scorer.noise_floor).toEqual([0]);
    expect(body.result?.attributions[0]?.indistinguishable).toEqual([]);
    expect(body.result?.faithfulness.reasons.filter((reason) => reason.includes('noise_floor'))).toEqual([]);
  });

});

it.each(servers.filter(([, , , rung]) => rung !== 'first_token'))('a server that %s is not asked again where the budget has no room for it', async (_, options, job, rung) => {
  const { stack, unsteady } = await serve(options);
  unsteady();
  const { body } = await explainAndWait(stack.app, { ...job, completion: 'In Vilnius.', budget: { calls: 7 } });
  expect(body.error).toBeNull();
  expect(body.result).toMatchObject({ scorer: { rung, noise_floor: null }, stopped_by: 'done', usage: { calls: 7 } });
});
