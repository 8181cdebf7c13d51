import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN, GOLDEN_METHODS, type GoldenCase, goldenValue } from '../helpers/icx360.ts';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, startStack } from '../helpers/stack.ts';

/*
 * Golden numbers of ICX360 through the whole service: three cases of each method as jobs over HTTP, against an endpoint
 * whose log-probability of the answer is the case's analytic game.
 */

/** The games are laid into this range of log-probabilities: the fake's own are believable only above −28. */
const LOWEST = -20;

/** The first, a middle and the last of a method's cases. */
function three(method: GoldenCase['job']['method']): GoldenCase[] {
  const own = GOLDEN.filter(({ job }) => job.method === method);
  return [0, Math.floor(own.length / 2), own.length - 1].flatMap((at) => own[at] ?? []);
}

const chosen = (['clime', 'lshap', 'loo'] as const).flatMap(three);

/** A fixed part that marks the game's prompts. */
const RULE = 'The rule stands.';
const nameOf = (unit: number) => `Unit ${unit} stands here.`;
let game: GoldenCase['job']['score'];

const valueOf = (context: string): number => goldenValue(game, game.linear.map((_, unit) => context.includes(nameOf(unit))));

/** The whole range of the game's values is no larger than this. */
function reachOf({ linear, interactions = [] }: GoldenCase['job']['score']): number {
  return [...linear, ...interactions.map((term) => term.at(-1) ?? 0)].reduce((sum, weight) => sum + Math.abs(weight), 0);
}

/** Value → log-probability, linear: values lie within `reach` of the intercept. */
function laid(value: number): number {
  return ((value - game.intercept) / reachOf(game) - 1) * (-LOWEST / 2);
}

let server: ModelServer;
let stack: Stack;
beforeAll(async () => {
  server = await startModelServer({
    answer: () => 'Paris',
    logprob: (token, context) => (token === 'Paris' && context.includes(RULE) ? laid(valueOf(context)) : undefined),
  });
  stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
});
afterAll(async () => {
  await stack?.close();
  await server?.close();
});

describe('IBM ICX360 over HTTP', () => {
  it('is three cases of each method', () => expect(chosen).toHaveLength(9));

  it.each(chosen.map((entry, index) => [`${index} ${entry.job.method} n=${entry.job.units.length} ${JSON.stringify(entry.job.params)}`, entry] as const))('%s', async (_, { job, attributions, intercept, scored_inputs: asked }) => {
    game = job.score;
    const fixed = (unit: number) => Array.isArray(job.unit_types) && job.unit_types[unit] === 'n';
    const content = job.units.map((_unit, unit) => ({ type: 'text', text: nameOf(unit), explain: fixed(unit) ? 'fixed' : 'whole' }));
    const { body } = await explainAndWait(stack.app, {
      call: { model: 'm', messages: [{ role: 'user', content: [...content, { type: 'text', text: RULE, explain: 'fixed' }] }], temperature: 0, metadata: { case: JSON.stringify([job.method, job.params, game]) } },
      completion: 'Paris',
      method: { id: GOLDEN_METHODS[job.method], options: { ...job.params, ...(job.method === 'lshap' ? { normalise: 'icx360' } : {}) } },
      budget: { calls: 2_000 },
    });
    expect(body.error).toBeNull();
    expect(body.result?.scorer.id).toBe('log-likelihood');
    const scale = (2 * reachOf(game)) / -LOWEST;
    const found = body.result?.attributions[0];
    const scored = job.units.flatMap((_unit, unit) => (fixed(unit) ? [] : [unit]));
    for (const [position, unit] of scored.entries()) {
      const golden = attributions.length === scored.length ? attributions[position] : attributions[unit];
      expect(Math.abs((found?.scores[unit] ?? NaN) * scale - (golden ?? NaN))).toBeLessThan(1e-8);
    }
    if (intercept !== null) expect(Math.abs((found?.intercept ?? NaN) * scale + reachOf(game) + game.intercept - intercept)).toBeLessThan(1e-8);
    // the held-out check asks for masks of its own
    const rows = (await stack.app.inject({ url: `/v1/explanations/${body.id}/evaluations` })).json<{ rows: { holdout: boolean }[] }>().rows;
    expect(rows.filter(({ holdout }) => !holdout)).toHaveLength(asked);
  });
});
