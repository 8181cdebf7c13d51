import { afterEach, describe, expect, it } from 'vitest';
import { demoJob } from '../../src/bin/demo-job.ts';
import { explainAndWait, startStack, topUnit } from '../helpers/stack.ts';
import { startModelServer, type ModelServerOptions } from '../helpers/model-server.ts';
import { weighedJob } from '../helpers/weighed-job.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const SAID = ['In', ' the', ' city', ' of', ' Vilnius.'];

/** A server that never says the same number twice: each is off by up to `size`, one way or the other (a seeded Lehmer generator). */
function unsteady(size: number): ModelServerOptions {
  let state = 1;
  return {
    answer: () => SAID.join(''),
    logprob: (token, context) => {
      state = (state * 48_271) % 2_147_483_647;
      const off = size * ((2 * state) / 2_147_483_647 - 1);
      if (token === ' Vilnius.') return (context.includes('based in Vilnius') ? -0.4 : -4) + off;
      return SAID.includes(token) ? -0.5 + off : undefined;
    },
  };
}

async function serve(options: ModelServerOptions) {
  const server = await startModelServer(options);
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
  open.push(stack);
  return stack;
}

describe('the noise floor of weighing', () => {
  it('is next to nothing on the embedded model, in the result and in the probe', async () => {
    const stack = await startStack();
    open.push(stack);
    const { body } = await explainAndWait(stack.app, { ...demoJob, method: { id: 'leave-one-out' } });
    const [floor = Number.NaN, ...others] = body.result?.scorer.noise_floor ?? [];
    expect(others).toEqual([]);
    expect(floor).toBeGreaterThanOrEqual(0);
    expect(floor).toBeLessThan(1e-3);
    expect(topUnit(body.result)).toBe('Lars has a pet tortoise.');
    expect(body.result?.attributions[0]?.indistinguishable).not.toContain(body.result?.units.findIndex((unit) => unit.text === 'Lars has a pet tortoise.'));
    const text = await explainAndWait(stack.app, { ...demoJob, method: { id: 'leave-one-out' }, scorer: { id: 'chrf' } });
    expect(text.body.result?.scorer.noise_floor).toBeNull();
  });

  it('is what a server that is unsteady is off by, and the scores inside it are said to be no more', async () => {
    const size = 0.01;
    const stack = await serve(unsteady(size));
    const { body } = await explainAndWait(stack.app, weighedJob());
    const { scorer, attributions, units } = body.result ?? {};
    const floor = scorer?.noise_floor?.[0] ?? NaN;
    // two readings of a token are at most twice `size` apart; Student's t of the probe's five tokens reaches 2.57 times as far
    expect(floor).toBeGreaterThan(0);
    expect(floor).toBeLessThanOrEqual(2 * size * 2.58 * Math.sqrt(scorer?.tokens_scored ?? 0));
    const matters = units?.findIndex(({ text }) => text.includes('Vilnius')) ?? -1;
    const idle = units?.flatMap(({ index, fixed }) => (fixed || index === matters ? [] : [index]));
    expect(attributions?.[0]?.intervals).toBeNull();
    expect(attributions?.[0]?.scores[matters]).toBeGreaterThan(3);
    expect(attributions?.[0]?.indistinguishable).toEqual(idle);
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json<{ attributions: unknown }>().attributions).toEqual(attributions);
  });

  it('is in the unit of the values', async () => {
    const stack = await serve(unsteady(0.01));
    const { body } = await explainAndWait(stack.app, weighedJob({ scorer: { id: 'log-likelihood', options: { transform: 'prob_prod' } } }));
    expect(body.result?.scorer.unit).toBe('probability');
    expect(body.result?.scorer.noise_floor?.[0]).toBeGreaterThan(0);
    expect(body.result?.scorer.noise_floor?.[0]).toBeLessThan(0.02);
  });
});
