import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, startStack } from '../helpers/stack.ts';

/*
 * Golden numbers of ICX360 through the whole service: three cases of each method as jobs over HTTP, against an endpoint
 * whose log-probability of the answer is the case's analytic game.
 */

interface Case {
  job: {
    method: 'clime' | 'lshap' | 'loo';
    units: string[];
    unit_types: string | string[];
    params: Record<string, unknown>;
    score: { intercept: number; linear: number[]; interactions?: number[][] };
  };
  attributions: number[];
  intercept: number | null;
  scored_inputs: number;
}

const METHOD = { clime: 'clime', lshap: 'lshap', loo: 'leave-one-out' } as const;
/** The games are laid into this range of log-probabilities: the fake's own are believable only above −28. */
const LOWEST = -20;

const cases = JSON.parse(readFileSync(new URL('../fixtures/icx360.json', import.meta.url), 'utf8')) as Case[];
/** The first, a middle and the last of a method's cases. */
function three(method: Case['job']['method']): Case[] {
  const own = cases.filter(({ job }) => job.method === method);
  return [0, Math.floor(own.length / 2), own.length - 1].flatMap((at) => own[at] ?? []);
}

const chosen = (['clime', 'lshap', 'loo'] as const).flatMap(three);

/** A fixed part that marks the game's prompts. */
const RULE = 'The rule stands.';
const nameOf = (unit: number) => `Unit ${unit} stands here.`;
let game: Case['job']['score'];

function valueOf(context: string): number {
  const present = game.linear.map((_, unit) => context.includes(nameOf(unit)));
  let value = game.intercept;
  game.linear.forEach((weight, unit) => (value += present[unit] ? weight : 0));
  for (const term of game.interactions ?? []) value += term.slice(0, -1).every((unit) => present[unit]) ? (term.at(-1) ?? 0) : 0;
  return value;
}

/** The whole range of the game's values is no larger than this. */
function reachOf({ linear, interactions = [] }: Case['job']['score']): number {
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
      method: { id: METHOD[job.method], options: { ...job.params, ...(job.method === 'lshap' ? { normalise: 'icx360' } : {}) } },
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
