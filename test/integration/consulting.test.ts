import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { answers, closeAll, embedded, job, judged, judging, knows, open, serve, texts } from '../helpers/consulting.ts';
import { embeddings } from '../helpers/counsel.ts';
import type { ModelServerOptions } from '../helpers/model-server.ts';
import { explainAndWait, topUnit } from '../helpers/stack.ts';

/* Scorers that ask somebody, through the whole service: API, queue, worker, cache and real HTTP servers. */

afterEach(closeAll);

describe('embedding', () => {
  it('finds the sentence, asks for every text once, and counts it all', async () => {
    const { server, stack } = await serve({}, embedded);
    const { body } = await explainAndWait(stack.app, job({ id: 'embedding' }));
    expect(body.error).toBeNull();
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
    expect(body.result?.scorer).toMatchObject({ id: 'embedding', rung: 'text', unit: 'similarity' });
    const asked = texts(server);
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    expect(asked).toContain('Vilnius, of course.');
    expect(body.result?.usage.calls).toBe(answers(server) + asked.length);
    expect(body.result?.evaluations.asked).toBe(answers(server) - 1);
  });

  it('asks nothing when the job comes again, nor for its own targets, and says so for others', async () => {
    const { stack, requests } = await serve({}, embedded);
    const first = await explainAndWait(stack.app, job({ id: 'embedding' }, { completion: 'Vilnius, of course. It is.' }));
    const before = requests();
    const again = await explainAndWait(stack.app, job({ id: 'embedding' }, { completion: 'Vilnius, of course. It is.' }));
    expect(again.body.result?.usage).toMatchObject({ calls: 0, http_requests: 0 });
    expect(again.body.result?.attributions).toEqual(first.body.result?.attributions);
    const refit = (payload: object) => stack.app.inject({ method: 'POST', url: `/v1/explanations/${first.body.id}/attributions`, payload });
    expect((await refit({ targets: [{ kind: 'completion' }] })).json<{ attributions: unknown }>().attributions).toEqual(first.body.result?.attributions);
    const other = await refit({ targets: [{ kind: 'sentences' }] });
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ code: 'evaluations_missing', errors: [{ pointer: '/targets', message: expect.stringContaining('embedding was not asked about these targets') as string }] });
    const table = await stack.app.inject(`/v1/explanations/${first.body.id}/evaluations`);
    const { rows } = table.json<{ rows: { values: (number | null)[] }[] }>();
    expect(rows.every(({ values }) => typeof values[0] === 'number')).toBe(true);
    expect(requests()).toBe(before);
  });

  it('compares sentences with all that could stand for them', async () => {
    const { stack } = await serve({}, embedded);
    const { body } = await explainAndWait(stack.app, job({ id: 'embedding' }, { completion: 'Vilnius, of course. I know.', targets: [{ kind: 'sentences' }] }));
    expect(body.error).toBeNull();
    expect(body.result?.attributions.map(({ scores }) => scores.every((score, unit) => unit === 5 || score !== null))).toEqual([true, true]);
  });

  it('is what auto takes where answers are compared, with a plan that has room for it', async () => {
    const { stack } = await serve({}, embedded);
    const { body } = await explainAndWait(stack.app, job({ id: 'auto' }));
    expect(body.result?.scorer.id).toBe('embedding');
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
    expect(body.result?.usage.calls).toBeLessThanOrEqual(body.request.budget.calls);
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${body.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json<{ attributions: unknown }>().attributions).toEqual(body.result?.attributions);
    const tight = await explainAndWait(stack.app, job({ id: 'auto' }, { budget: { calls: 12 } }));
    expect(tight.body.result?.scorer).toMatchObject({ id: 'chrf', notes: expect.arrayContaining(['embedding would need more calls than the budget has']) as string[] });
  });

  it('leaves likelihood where there is one, and its evaluations whole', async () => {
    const { stack } = await serve({ echo: 'on', promptLogprobs: true, tokenize: true, chatLogprobs: true }, embedded);
    const { body } = await explainAndWait(stack.app, job({ id: 'auto' }, { budget: { calls: 12 } }));
    expect(body.result?.scorer.id).toBe('log-likelihood');
  });

  it('has no value where an embedding failed, and says why', async () => {
    const fail: NonNullable<ModelServerOptions['fail']> = ({ path, body }) => (path === '/v1/embeddings' && JSON.stringify(body).includes('not know') ? { kind: 'status', status: 400 } : undefined);
    const { stack } = await serve({ fail }, embedded);
    const { body } = await explainAndWait(stack.app, job({ id: 'embedding' }));
    expect(body.error).toBeNull();
    expect(body.result?.attributions[0]?.scores[1]).toBeNull();
    expect(body.result?.attributions[0]?.scores.filter((score) => score !== null).length).toBe(4);
    expect(body.result?.scorer.notes.at(-1)).toMatch(/^\d of \d+ consultations gave no value: \d × http 400/);
  });

  it('has no value for embeddings of different lengths, whatever the model behind the name has become', async () => {
    const longer = (body: Record<string, unknown>) => {
      const reply = embeddings(body) as { data: { embedding: number[] }[] };
      return { data: reply.data.map(({ embedding }) => ({ embedding: JSON.stringify(body).includes('not know') ? [...embedding, 1] : embedding })) };
    };
    const { stack } = await serve({ routes: { '/v1/embeddings': longer } }, { ...embedded, maxBatch: 1 });
    const { body } = await explainAndWait(stack.app, job({ id: 'embedding' }));
    expect(body.result?.attributions[0]?.scores[1]).toBeNull();
    expect(body.result?.scorer.notes.at(-1)).toContain('embeddings of 7 and of 8 dimensions');
  });

  it('fails the job where nothing could be embedded', async () => {
    const { stack } = await serve({ routes: { '/v1/embeddings': () => ({ data: [] }) } }, embedded);
    const { body } = await explainAndWait(stack.app, job({ id: 'embedding' }));
    expect(body.error).toMatchObject({ code: 'too_few_evaluations', detail: expect.stringContaining('malformed: the reply has 0 embeddings') as string });
    expect(JSON.stringify(body.error)).not.toContain('Vilnius');
  });
});

describe('the judge', () => {
  it('is asked at its own endpoint, once for each new answer, at its own price', async () => {
    const { server, judge, stack } = await serve({}, judged);
    const { body } = await explainAndWait(stack.app, job({ id: 'judge' }));
    expect(body.error).toBeNull();
    expect(topUnit(body.result)).toBe('Galdor is based in Vilnius.');
    // "Vilnius, of course!", "I do not know." and, from the check, "I do not know!"
    expect(judge.requests.length).toBeLessThanOrEqual(3);
    expect(new Set(judge.requests.map((request) => JSON.stringify(request.body))).size).toBe(judge.requests.length);
    expect(body.result?.usage).toMatchObject({ calls: answers(server) + judge.requests.length, cost_usd: 100 * judge.requests.length });
  });

  it('says nothing for one answer and that value is missing, not 0', async () => {
    const { stack } = await serve({}, judged, judging((said) => (said['ANSWER']?.includes('not know') ? 'Ignored. {"grade": 4}' : knows(said))));
    const { body } = await explainAndWait(stack.app, job({ id: 'judge' }));
    expect(body.error).toBeNull();
    expect(body.result?.attributions[0]?.scores[1]).toBeNull();
    expect(body.result?.scorer.notes.at(-1)).toContain('unreadable verdict');
  });

  it('prefers and entails too, with both directions asked', async () => {
    const { judge, stack } = await serve({}, judged, judging((said) => ('FIRST' in said ? { preferred: said['FIRST']?.includes('Vilnius') ? 'first' : 'second' } : { percent: said['PREMISE']?.includes('Vilnius') ? 96 : 4 })));
    const prefers = await explainAndWait(stack.app, job({ id: 'judge', options: { mode: 'preference' } }));
    expect(topUnit(prefers.body.result)).toBe('Galdor is based in Vilnius.');
    expect(prefers.body.result?.scorer.unit).toBe('probability');
    const before = judge.requests.length;
    const entails = await explainAndWait(stack.app, job({ id: 'nli', options: { logit: true } }));
    expect(topUnit(entails.body.result)).toBe('Galdor is based in Vilnius.');
    expect(entails.body.result?.scorer.unit).toBe('log-odds');
    expect((judge.requests.length - before) % 2).toBe(0);
  });

  it('whose key is refused fails the job by name', async () => {
    const { stack } = await serve({}, judged, { ...judging(knows), apiKey: 'right' });
    const { body } = await explainAndWait(stack.app, job({ id: 'judge' }));
    expect(body.error).toMatchObject({ code: 'endpoint_refused', detail: expect.stringMatching(/^the judge: http 401/) as string });
  });
});

describe('match', () => {
  it('is a rate of 0 and 1, and refits for targets that it can score', async () => {
    const { stack } = await serve();
    const { body } = await explainAndWait(stack.app, job({ id: 'match', options: { pattern: 'Vilnius' } }));
    expect(body.result?.scorer.unit).toBe('rate');
    expect(body.result?.attributions[0]?.scores.slice(0, 5)).toEqual([0, 1, 0, 0, 0]);
    const own = await explainAndWait(stack.app, job({ id: 'match' }, { targets: [{ kind: 'match', pattern: 'Vilnius' }] }));
    expect(own.body.result?.attributions[0]?.scores.slice(0, 5)).toEqual([0, 1, 0, 0, 0]);
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${own.body.id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/targets' }] });
  });
});

it('erasing a job erases what was said for it', async () => {
  const { stack } = await serve({}, { ...embedded, ...judged });
  const redis = new Redis(stack.redis.url);
  open.push({ close: () => redis.quit() });
  const ids: string[] = [];
  for (const id of ['embedding', 'judge']) ids.push((await explainAndWait(stack.app, job({ id }))).body.id);
  const kept = async () => (await redis.keys('{test}:outcome:*')).length;
  expect(await kept()).toBeGreaterThan(10);
  for (const id of ids) expect((await stack.app.inject({ method: 'DELETE', url: `/v1/explanations/${id}` })).statusCode).toBe(204);
  expect(await kept()).toBe(0);
});
