import { afterEach, describe, expect, it } from 'vitest';
import { answers, closeAll, embedded, job, judged, judging, sentences, serve, texts } from '../helpers/consulting.ts';
import { explainAndWait, type Stack } from '../helpers/stack.ts';

/* What consulting may cost, and what is refused before it costs anything. */

afterEach(closeAll);

describe('the budget', () => {
  it.each([21, 30, 41])('of %d calls holds for answers and consultations together', async (calls) => {
    const told = (text: string) => sentences.filter((sentence) => text.includes(sentence)).length + (text.includes('Vilnius') ? 10 : 0);
    const { server, stack } = await serve({ answer: ({ text }) => `I was told ${told(text)} ${text.length} things.` }, embedded);
    const { status, body } = await explainAndWait(stack.app, job({ id: 'embedding' }, { method: { id: 'lasso' }, budget: { calls }, completion: 'Vilnius.' }));
    expect(status).toBe(200);
    expect(answers(server) + texts(server).length).toBeLessThanOrEqual(calls);
    expect(body.result?.usage.calls ?? 0).toBeLessThanOrEqual(calls);
    const table = await stack.app.inject(`/v1/explanations/${body.id}/evaluations`);
    // nothing was answered that could not be compared any more
    if (body.result) expect(table.json<{ rows: { values: (number | null)[] }[] }>().rows.every(({ values }) => values[0] !== null)).toBe(true);
  });

  it('keeps room for targets that nobody could count beforehand', async () => {
    const { server, stack } = await serve({ answer: ({ text }) => `Yes. ${text.length} or so. That is it.` }, judged, judging(() => ({ grade: 2 })));
    const { body } = await explainAndWait(stack.app, job({ id: 'judge' }, { method: { id: 'lasso' }, targets: [{ kind: 'sentences' }], budget: { calls: 30 } }));
    expect(body.result?.usage.calls).toBeLessThanOrEqual(30);
    expect(answers(server)).toBeLessThan(15);
    const table = await stack.app.inject(`/v1/explanations/${body.id}/evaluations`);
    expect(table.json<{ rows: { values: (number | null)[] }[] }>().rows.flatMap(({ values }) => values)).not.toContain(null);
  });

  it('of money counts the judge by its price', async () => {
    const { judge, stack } = await serve({ answer: ({ text }) => `${text.length}` }, judged, judging(() => ({ grade: 1 })));
    const { body } = await explainAndWait(stack.app, job({ id: 'judge' }, { budget: { cost_usd: 1_000 }, completion: 'Vilnius.' }));
    // a verdict takes 100 tokens of a dollar each, and is expected to take more until the first one has come
    expect(judge.requests.length).toBeGreaterThan(0);
    expect(judge.requests.length).toBeLessThanOrEqual(10);
    expect(body.result?.usage.cost_usd ?? 0).toBeLessThanOrEqual(1_000);
  });
});

describe('before anything is asked', () => {
  const submit = (stack: Stack, payload: object) => stack.app.inject({ method: 'POST', url: '/v1/explanations', payload });

  it.each(['embedding', 'nli', 'judge'])('%s is refused on an endpoint that has nobody for it', async (id) => {
    const { stack, requests } = await serve();
    const reply = await submit(stack, job({ id }));
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'scorer_unavailable', errors: [{ pointer: '/scorer' }] });
    expect(requests()).toBe(0);
  });

  it('match says what it needs', async () => {
    const { stack, requests } = await serve();
    expect((await submit(stack, job({ id: 'match' }))).json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/scorer/options' }] });
    expect((await submit(stack, job({ id: 'match', options: { pattern: '(' } }))).json()).toMatchObject({ code: 'invalid_pattern', errors: [{ pointer: '/scorer/options/pattern' }] });
    expect((await submit(stack, job({ id: 'match', options: { pattern: 'a', tool_call: true } }))).json()).toMatchObject({ code: 'validation_failed' });
    expect(requests()).toBe(0);
  });

  it('an estimate counts the consultations, and their price', async () => {
    const { stack, requests } = await serve({}, { ...judged, ...embedded });
    const estimate = async (scorer: object) => (await stack.app.inject({ method: 'POST', url: '/v1/estimates', payload: job(scorer) })).json<{ calls: number; prompt_tokens: number; cost_usd: number | null }>();
    const [plain, embeds, judges, prefers] = await Promise.all([{ id: 'chrf' }, { id: 'embedding' }, { id: 'judge' }, { id: 'judge', options: { mode: 'preference' } }].map(estimate));
    // one reference, six masks of the method, five of the check
    expect([plain?.calls, embeds?.calls, judges?.calls, prefers?.calls]).toEqual([13, 25, 24, 35]);
    expect(plain?.cost_usd).toBeNull();
    expect(judges?.prompt_tokens).toBeGreaterThan(embeds?.prompt_tokens ?? NaN);
    expect(judges?.cost_usd).toBeGreaterThan(0);
    expect(requests()).toBe(0);
  });

  it('the list of endpoints says who is consulted', async () => {
    const nli = { endpoint: 'other', model: 'n', route: 'predict', label: 'entailment', separator: '' } as const;
    const { stack } = await serve({}, { ...embedded, ...judged, nli });
    const { data } = (await stack.app.inject('/v1/endpoints')).json<{ data: object[] }>();
    expect(data).toMatchObject([
      { name: 'fake', embedding: { endpoint: 'fake', model: 'e' }, nli: { endpoint: 'other', model: 'n' }, judge: { endpoint: 'other', model: 'j' } },
      { name: 'other', embedding: null, nli: null, judge: null },
    ]);
  });
});
