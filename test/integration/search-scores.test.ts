import { afterEach, describe, expect, it } from 'vitest';
import { judging } from '../helpers/consulting.ts';
import { startModelServer } from '../helpers/model-server.ts';
import { closeAll, open, search, serve } from '../helpers/searchjob.ts';

afterEach(closeAll);

const PASSAGE = 'Lars has a pet tortoise. The sky was clear.';
const wordy = ({ text }: { text: string }) => `As far as can be told from the passage the pet of Lars is ${text.includes('tortoise') ? 'a tortoise' : 'nothing at all'}, ${text.includes('sky') ? 'under a clear sky' : 'somewhere'}.`;
const judge = { judge: { endpoint: 'other', model: 'j' } };

describe('what counts as another answer', () => {
  it.each<[string, object, (texts: Record<string, string>) => unknown]>([
    ['nli', {}, ({ PREMISE = '', HYPOTHESIS = '' }) => ({ percent: PREMISE.includes('a tortoise') === HYPOTHESIS.includes('a tortoise') ? 95 : 2 })],
    ['contradiction', {}, ({ PREMISE = '', HYPOTHESIS = '' }) => ({ percent: PREMISE.includes('a tortoise') === HYPOTHESIS.includes('a tortoise') ? 3 : 97 })],
    ['judge', { mode: 'preference' }, ({ FIRST = '', SECOND = '' }) => ({ preferred: FIRST.includes('a tortoise') === SECOND.includes('a tortoise') ? 'tie' : FIRST.includes('a tortoise') ? 'first' : 'second' })],
    ['judge', { mode: 'grade' }, ({ ANSWER = '' }) => ({ grade: ANSWER.includes('a tortoise') ? 4 : 0 })],
  ])('by %s %j: what somebody says of both', async (id, options, opinion) => {
    const { endpoints } = await serve(wordy, judging(opinion), judge);
    const { contrast, result } = await search(endpoints, PASSAGE, { id: 'mcell' }, { scorer: { id, options } });
    expect(contrast).toMatchObject({ found: true, edits: [{ from: ' tortoise' }] });
    expect(contrast.score).toBeGreaterThan(0.5);
    expect(result.usage.calls).toBeGreaterThan(contrast.evaluations);
  });

  it('by the likelihood of the answer: the drop in nats, and the new answer is asked for within the evaluations', async () => {
    const server = await startModelServer({ answer: ({ text }) => (text.includes('tortoise') ? 'Tortoise' : 'Nothing'), logprob: (token, context) => (token === 'Tortoise' ? (context.includes('tortoise') ? -0.1 : -5) : undefined) });
    open.push(server);
    const { endpoints } = await serve(() => 'unused', {}, { baseUrl: server.url });
    const { contrast, result } = await search(endpoints, PASSAGE, { id: 'mcell', options: { max_evaluations: 20 } }, { scorer: { id: 'log-likelihood' } });
    expect(result.scorer.unit).toBe('nats');
    expect(contrast).toMatchObject({ found: true, edits: [{ from: ' tortoise' }], completion: 'Nothing' });
    expect(contrast.score).toBeCloseTo(4.9, 6);
    expect(contrast.evaluations).toBeLessThanOrEqual(20);
    expect(result.usage.calls).toBe(contrast.evaluations);
  });

  it('of a JSON field or a match: it flips', async () => {
    const { endpoints } = await serve(({ text }) => JSON.stringify({ pet: text.includes('tortoise') ? 'tortoise' : null, note: String(text.length) }));
    const json = await search(endpoints, PASSAGE, { id: 'mcell' }, { targets: [{ kind: 'json', pointer: '/pet' }] });
    expect(json.result.scorer).toMatchObject({ id: 'match', unit: 'rate' });
    expect(json.contrast).toMatchObject({ found: true, score: 1, edits: [{ from: ' tortoise' }] });
  });

  it('of a tool call: another tool is called', async () => {
    const toolCalls = (body: Record<string, unknown>) => (JSON.stringify(body).includes('[job]') ? [{ name: JSON.stringify(body).includes('tortoise') ? 'feed' : 'search', arguments: '{}' }] : []);
    const { endpoints } = await serve(() => 'unused', {}, {}, { toolCalls });
    const { contrast } = await search(endpoints, PASSAGE, { id: 'mcell' }, { targets: [{ kind: 'tool_call', name: 'feed' }] });
    expect(contrast).toMatchObject({ found: true, score: 1, edits: [{ from: ' tortoise' }] });
  });
});
