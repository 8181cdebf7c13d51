import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoJob } from '../../src/bin/demo-job.ts';
import { ended, type Explanation, explainAndWait, type Stack, startStack, topUnit } from '../helpers/stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

const withMethod = (id: string, more: object = {}) => ({ ...demoJob, method: { id }, ...more });

describe('a job on the embedded model', () => {
  it.each(['auto', 'leave-one-out', 'lasso', 'clime', 'lshap'])('%s puts the sentence that holds the fact first', async (method) => {
    const { status, body } = await explainAndWait(stack.app, withMethod(method));
    expect(body.error).toBeNull();
    expect(status).toBe(200);
    expect(body.status).toBe('completed');
    expect(body.result?.completion).toBe('A tortoise.');
    expect(body.result?.scorer).toMatchObject({ id: 'log-likelihood', rung: 'prompt_logprobs' });
    expect(topUnit(body.result)).toBe('Lars has a pet tortoise.');
    expect(body.result?.evaluations.failed).toBe(0);
    expect(body.result?.usage.calls).toBeLessThanOrEqual(body.estimate.calls);
  });

  it('covers the whole input with units, the fixed question without a score', async () => {
    const { body } = await explainAndWait(stack.app, withMethod('leave-one-out'));
    const units = body.result?.units ?? [];
    expect(units.filter((unit) => unit.label === 'passage').map((unit) => unit.text).join('')).toBe(demoJob.call.messages[0]?.content[0]?.text);
    const question = units.at(-1);
    expect(question).toMatchObject({ fixed: true, label: 'question', at: 'messages[0].content[1]' });
    expect(body.result?.attributions[0]?.scores[question?.index ?? 0]).toBeNull();
  });

  it('asks the endpoint nothing when the same job comes again', async () => {
    const job = withMethod('lasso', { seed: 11 });
    const first = await explainAndWait(stack.app, job);
    const again = await explainAndWait(stack.app, job);
    expect(first.body.result?.usage.calls).toBeGreaterThan(10);
    expect(again.body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    expect(again.body.result?.attributions).toEqual(first.body.result?.attributions);
  });

  it('explains a given completion, and by text where that is asked', async () => {
    const given = await explainAndWait(stack.app, withMethod('leave-one-out', { completion: 'A turtle.' }));
    expect(given.body.result?.completion).toBe('A turtle.');
    const text = await explainAndWait(stack.app, withMethod('leave-one-out', { scorer: { id: 'token-f1' } }));
    expect(text.body.result?.scorer).toMatchObject({ id: 'token-f1', rung: 'text', unit: 'similarity' });
    expect(topUnit(text.body.result)).toBe('Lars has a pet tortoise.');
    const meaning = await explainAndWait(stack.app, withMethod('leave-one-out', { scorer: { id: 'embedding' } }));
    expect(meaning.body.result?.scorer).toMatchObject({ id: 'embedding', rung: 'text', unit: 'similarity', notes: text.body.result?.scorer.notes });
    expect(topUnit(meaning.body.result)).toBe('Lars has a pet tortoise.');
  });

  it('answers for other targets from what is stored', async () => {
    const { body } = await explainAndWait(stack.app, withMethod('lasso', { seed: 3 }));
    const later = await stack.app.inject({
      method: 'POST',
      url: `/v1/explanations/${body.id}/attributions`,
      payload: { targets: [{ kind: 'completion' }, { kind: 'match', pattern: 'tortoise' }, { kind: 'span', start: 0, end: 1 }] },
    });
    expect(later.statusCode).toBe(200);
    const { targets, attributions } = later.json<{ targets: { text: string }[]; attributions: { scores: number[] }[] }>();
    expect(targets.map((target) => target.text)).toEqual(['A tortoise.', 'tortoise', 'A']);
    const original = body.result?.attributions[0]?.scores ?? [];
    attributions[0]?.scores.forEach((score, unit) => {
      if (score === null) expect(original[unit]).toBeNull();
      else expect(score).toBeCloseTo(original[unit] ?? NaN, 9);
    });
  });

  it.each(['auto', 'leave-one-out', 'lasso', 'shapley', 'banzhaf', 'owen'])('gives the job’s own numbers when %s is asked again for its targets, completion given', async (method) => {
    const { body } = await explainAndWait(stack.app, withMethod(method, { completion: 'A tortoise.', seed: 5 }));
    expect(body.error).toBeNull();
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json<{ attributions: unknown[] }>().attributions).toEqual(body.result?.attributions);
  });

  it('explains what was stored of a job whose budget held just enough', async () => {
    const { body } = await explainAndWait(stack.app, withMethod('leave-one-out', { completion: 'A tortoise.', budget: { calls: 9 } }));
    expect(body.status).toBe('completed');
    expect(body.result?.faithfulness).toMatchObject({ verdict: 'weak', holdout_r2: null });
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'match', pattern: 'tortoise' }] } });
    expect(later.statusCode).toBe(200);
  });

  it('serves the evaluations as JSON and CSV', async () => {
    const { body } = await explainAndWait(stack.app, withMethod('leave-one-out'));
    const json = (await stack.app.inject(`/v1/explanations/${body.id}/evaluations`)).json<{ units: number[]; columns: string[]; rows: { mask: number[]; values: number[] }[] }>();
    expect(json.columns.join('')).toBe('A tortoise.');
    expect(json.rows[0]?.mask).toHaveLength(8);
    expect(json.units).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const csv = await stack.app.inject({ url: `/v1/explanations/${body.id}/evaluations`, headers: { accept: 'text/csv' } });
    expect(csv.headers['content-type']).toMatch(/^text\/csv/);
    expect(csv.body.split('\r\n')[0]).toMatch(/^unit_0,.*holdout/);
    expect(csv.body.trimEnd().split('\r\n')).toHaveLength(json.rows.length + 1);
  });

  it('explains a plain completion prompt', async () => {
    const { body } = await explainAndWait(stack.app, {
      call: {
        model: 'tiny-reader',
        prompt: [
          { type: 'text', text: 'Samuel is the manager of Elsa. The basket is very old. The marathon takes place on May 22. The home of Rita is in Ghent.', explain: 'split' },
          { type: 'text', text: '\nQuestion: When does the marathon take place?\nAnswer:', explain: 'fixed' },
        ],
        temperature: 0,
        max_tokens: 16,
      },
      method: { id: 'leave-one-out' },
    });
    expect(body.error).toBeNull();
    expect(body.result?.completion).toBe(' May 22.');
    expect(body.result?.scorer.id).toBe('log-likelihood');
    expect(topUnit(body.result)).toBe('The marathon takes place on May 22.');
  });
});

describe('budgets', () => {
  it('holds the calls, fits what there is and says why it stopped', async () => {
    const { body } = await explainAndWait(stack.app, withMethod('lasso', { seed: 21, budget: { calls: 30 } }));
    expect(body.status).toBe('completed');
    expect(body.result?.usage.calls).toBeLessThanOrEqual(30);
    expect(body.request.budget.calls).toBe(30);
  });

  it('stops at the tokens', async () => {
    const { body } = await explainAndWait(stack.app, withMethod('lasso', { seed: 22, segmenter: { id: 'word' }, budget: { prompt_tokens: 900 } }));
    expect(body.result?.stopped_by ?? body.error?.code).toMatch(/^budget/);
    expect(body.result?.usage.prompt_tokens ?? 0).toBeLessThanOrEqual(900);
  });

  it('refuses a method that does not fit, before anything is spent', async () => {
    const reply = await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: withMethod('leave-one-out', { budget: { calls: 4 } }) });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'budget_too_small', errors: [{ pointer: '/budget/calls' }] });
  });

  it('tells the price before', async () => {
    const estimate = (await stack.app.inject({ method: 'POST', url: '/v1/estimates', payload: withMethod('lasso', { seed: 31 }) })).json<Explanation['estimate']>();
    const { body } = await explainAndWait(stack.app, withMethod('lasso', { seed: 31 }));
    expect(estimate.calls).toBe(body.estimate.calls);
    expect(body.result?.usage.calls).toBeLessThanOrEqual(estimate.calls);
  });
});

describe('cancel and delete', () => {
  const long = (seed: number) => withMethod('lasso', { seed, method: { id: 'lasso', options: { num_masks: 4_000 } }, segmenter: { id: 'word' } });

  it('keeps what was evaluated', async () => {
    const accepted = (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: long(41) })).json<Explanation>();
    for (;;) {
      const now = (await stack.app.inject(`/v1/explanations/${accepted.id}`)).json<Explanation>();
      if ((now.progress?.done ?? 0) > 100) break;
      expect(['queued', 'in_progress']).toContain(now.status);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const cancel = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${accepted.id}/cancel` });
    expect(cancel.json<Explanation>().status).toMatch(/^cancell(ing|ed)$/);
    const body = await ended(stack.app, accepted.id);
    expect(body.status).toBe('cancelled');
    expect(body.result?.stopped_by).toBe('cancelled');
    expect(body.result?.usage.calls).toBeLessThan(4_000);
    expect(body.result?.attributions[0]?.scores.some((score) => score !== null)).toBe(true);
    const again = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${accepted.id}/cancel` });
    expect(again.json<Explanation>().status).toBe('cancelled');
  });

  it('erases a running job for good', async () => {
    const accepted = (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload: long(42) })).json<Explanation>();
    expect((await stack.app.inject({ method: 'DELETE', url: `/v1/explanations/${accepted.id}` })).statusCode).toBe(204);
    expect((await stack.app.inject(`/v1/explanations/${accepted.id}`)).statusCode).toBe(404);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await stack.app.inject(`/v1/explanations/${accepted.id}`)).statusCode).toBe(404);
  });
});
