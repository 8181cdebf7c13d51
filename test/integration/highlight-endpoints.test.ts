import { afterEach, describe, expect, it } from 'vitest';
import { newcombe, wilson } from '../../src/core/proportions.ts';
import { closeAll, judged, judging, serve } from '../helpers/consulting.ts';
import { COMPLIES, countsOf, DRIVER, firstTokens, highlightOf, job, obeying, REFUSES, TEXT, textsAsked } from '../helpers/highlighting.ts';
import type { ModelServerOptions } from '../helpers/model-server.ts';
import { ended, explainAndWait, type Explanation, type Stack } from '../helpers/stack.ts';

/* `highlight` by the value that each kind of endpoint can feed, over HTTP from request to result. */

afterEach(closeAll);

const run = async (stack: Stack, body: object) => highlightOf((await explainAndWait(stack.app, body)).body);

describe('on an endpoint that shows first tokens and weighs nothing', () => {
  it('weighs affirming openers against refusing ones', async () => {
    const { stack } = await serve(firstTokens);
    const { result, texts, units, flagged, affirmation, unchanged, without, random, differences } = await run(stack, job());
    expect(result.scorer).toMatchObject({ id: 'first-token', rung: 'first_token', unit: 'log-odds' });
    expect([affirmation, texts]).toEqual([null, [DRIVER]]);
    expect(units[0]?.score).toBeCloseTo(-0.2 - -4 - (-3 - -0.3), 9);
    expect(flagged).toEqual([units[0]?.unit]);
    expect([unchanged, without, random].map(countsOf)).toEqual([[10, 0, 0], [0, 10, 0], [10, 0, 0]]);
    expect(differences.without?.attack_success).toEqual({ difference: 1, interval: [expect.closeTo(newcombe({ successes: 10, trials: 10 }, { successes: 0, trials: 10 }, 0.95)[0], 12), 1] });
  });

  it("takes the caller's openers, and with an affirmation of its own everything else for refusing", async () => {
    const { stack } = await serve(firstTokens);
    const own = await run(stack, job({ samples: 0, openers: { affirming: ['Maybe'], refusing: ['I'] } }));
    expect(own.units[0]?.score).toBeCloseTo(-5 - -4 - (-5 - -0.3), 9);
    const rest = await run(stack, job({ samples: 0, affirmation: 'Sure' }));
    const odds = (logprob: number) => logprob - Math.log(1 - Math.exp(logprob));
    expect(rest.result.scorer.id).toBe('first-token');
    expect(rest.units[0]?.score).toBeCloseTo(odds(-0.2) - odds(-3), 6);
  });
});

/** Complies in three of four samples of a text that drives it, told apart by their seeds, and refuses all else. */
const threeOfFour: ModelServerOptions = { answer: (asked) => (Number(asked.body?.['seed']) % 4 === 3 ? REFUSES : obeying(asked)) };

describe('on an endpoint that only answers', () => {
  it('attributes the rate of answers that comply over samples of each mask', async () => {
    const { stack, server } = await serve(threeOfFour);
    const { result, texts, units, flagged, unchanged, without, random, temperature, reasons } = await run(stack, job({ samples: 12 }, { scorer: { id: 'auto', options: { repeats: 4 } } }, { sampling: { temperature: 0.7, seed: 100 } }));
    expect(result.scorer).toMatchObject({ id: 'compliance', rung: 'text', unit: 'rate' });
    expect(texts).toEqual([DRIVER]);
    expect(units[0]?.score).toBeCloseTo(5 / 7, 9);
    expect(flagged).toEqual([units[0]?.unit]);
    expect([unchanged, without].map(countsOf)).toEqual([[9, 3, 0], [0, 12, 0]]);
    expect(unchanged?.attack_success.interval).toEqual(wilson(9, 12, 0.95));
    expect((random?.attack_success.count ?? 0)).toBeGreaterThan(5);
    expect(unchanged?.answers).toEqual([{ text: COMPLIES, count: 9, refused: false, complied: true }, { text: REFUSES, count: 3, refused: true, complied: false }]);
    // the call samples by itself, so nothing had to be changed about it
    expect([temperature, reasons.join(' ').includes('temperature')]).toEqual([0.7, false]);
    expect(new Set(server.requests.filter(({ body }) => JSON.stringify(body).includes('pick a lock')).map(({ body }) => body['temperature']))).toEqual(new Set([0.7]));
    expect(textsAsked(server)).toHaveLength(result.usage.calls);
  });

  it('flags nothing where everything is refused', async () => {
    const { stack } = await serve({ answer: () => REFUSES });
    const { units, flagged, reasons, unchanged, without, random } = await run(stack, job());
    expect([units, flagged, without, random]).toEqual([[], [], null, null]);
    expect(countsOf(unchanged)).toEqual([0, 10, 0]);
    expect(reasons[0]).toContain('none is highlighted');
  });
});

/** A refusal that no list of patterns has. */
const POLITE = 'Let us speak about the garden instead.';
const evasive: ModelServerOptions = { answer: (asked) => (obeying(asked) === COMPLIES ? COMPLIES : POLITE) };

describe('with refusals told by the judge', () => {
  const byJudge = { told_by: 'judge', criteria: 'Speaking about something else.' };

  it('asks about each answer once, and counts it', async () => {
    const { stack, judge } = await serve(evasive, judged, judging(({ ANSWER }) => ({ refused: ANSWER === POLITE })));
    const { result, texts, flagged, units, told_by: toldBy, unchanged, without, calls } = await run(stack, job(byJudge));
    expect([texts, toldBy, result.scorer.id]).toEqual([[DRIVER], 'judge', 'compliance']);
    expect(flagged).toEqual([units[0]?.unit]);
    expect([unchanged, without].map(countsOf)).toEqual([[10, 0, 0], [0, 10, 0]]);
    // two different answers, whoever asked for them
    expect(judge.requests).toHaveLength(2);
    expect(JSON.stringify(judge.requests[0]?.body)).toContain('Speaking about something else.');
    expect(JSON.stringify(judge.requests)).not.toContain('grandmother');
    expect(calls).toBe(30);
    const patterns = await run(stack, job({ told_by: 'patterns' }));
    expect([patterns.texts, countsOf(patterns.unchanged)]).toEqual([[], [10, 0, 0]]);
  });

  it('keeps room for the verdicts', async () => {
    const { stack } = await serve(evasive, judged, judging(() => ({ refused: false })));
    const estimate = async (options: object) => (await stack.app.inject({ method: 'POST', url: '/v1/estimates', payload: job(options, { scorer: { id: 'compliance' } }) })).json<Explanation['estimate']>();
    expect((await estimate(byJudge)).calls).toBe((await estimate({})).calls + 30);
  });

  it('has no rates where the judge says nothing that can be read', async () => {
    const { stack } = await serve(firstTokens, judged, judging(() => 'I would rather not say.'));
    const { texts, flagged, unchanged, without, reasons, result } = await run(stack, job(byJudge));
    expect([texts, flagged, result.scorer.id]).toEqual([[DRIVER], [], 'first-token']);
    expect([unchanged, without].map(countsOf)).toEqual([[0, 0, 10], [0, 0, 10]]);
    expect(unchanged?.attack_success).toEqual({ count: 0, rate: null, interval: [0, 1] });
    expect(reasons[0]).toContain('no answer could be told');
    expect(reasons[0]).toContain('nothing is flagged');
  });
});

describe('cancelled during the check', () => {
  it('says what was seen until then, and no more', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let arrived = 0;
    let told = (): void => undefined;
    const reached = new Promise<void>((resolve) => (told = resolve));
    // answers of the check are those at temperature 1 that show no alternatives, asked one by one; four come, then none until the job is cancelled
    const hold: ModelServerOptions['hold'] = async ({ body }) => {
      if (body['temperature'] !== 1 || 'top_logprobs' in body || !JSON.stringify(body).includes('pick a lock')) return;
      arrived += 1;
      if (arrived <= 4) return;
      told();
      await released;
    };
    const { stack } = await serve({ ...firstTokens, hold }, { concurrency: 1 });
    const { id } = (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: job() })).json<Explanation>();
    await reached;
    const cancel = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${id}/cancel` });
    expect(cancel.json<Explanation>().status).toMatch(/^cancell(ing|ed)$/);
    const stopped = await ended(stack.app, id);
    release();
    const { result, texts, units, flagged, reasons, unchanged, without, random, differences, calls } = highlightOf(stopped);
    expect([stopped.status, result.stopped_by]).toEqual(['cancelled', 'cancelled']);
    // the attribution was whole before
    expect(texts).toEqual([DRIVER]);
    expect(units[0]?.score).toBeGreaterThan(0);
    expect(flagged).toEqual([]);
    expect(countsOf(unchanged)).toEqual([4, 0, 6]);
    expect([without, random].map(countsOf)).toEqual([[0, 0, 10], [0, 0, 10]]);
    expect(without?.attack_success).toEqual({ count: 0, rate: null, interval: [0, 1] });
    expect(differences.without?.attack_success.difference).toBeNull();
    expect(reasons[0]).toBe('As the call stands, 4 of 4 answers comply; without the highlighted unit, no answer could be told; without as many random units, no answer could be told: the difference may be chance, so nothing is flagged.');
    expect(calls).toBeLessThan(30);
    const page = await stack.app.inject(`/v1/explanations/${id}/report`);
    expect(page.body).toContain('4 of 4');
    expect(TEXT).toContain(DRIVER);
  });
});
