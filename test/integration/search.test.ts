import { afterEach, describe, expect, it } from 'vitest';
import type { Provisional } from '../../src/contract/resource.ts';
import { unpackEvaluations } from '../../src/core/evaluations.ts';
import { closeAll, memory, search, serve, textOf } from '../helpers/searchjob.ts';

afterEach(closeAll);

const PASSAGE = 'The sky was clear. Lars has a pet tortoise. It cost 3.5 francs, they say.  Trailing text';
const knowing = ({ text }: { text: string }) => (text.includes('tortoise') && text.includes('Lars') ? 'A tortoise.' : 'I do not know.');

describe('a search for edits', () => {
  it('finds the fewest edits that change the answer, shows them, and leaves everything else as it is', async () => {
    const { endpoints, asked } = await serve(knowing);
    const { contrast, result } = await search(endpoints, PASSAGE, { id: 'mcell' });
    expect(contrast).toMatchObject({
      found: true, goal: 'differs', score: 1, completion: 'I do not know.', minimal: true, reasons: [], alternatives: [],
      edits: [{ from: ' Lars', to: '', start: 18, end: 23 }],
    });
    expect(contrast.evaluations).toBe(asked().length);
    expect(result).toMatchObject({ completion: 'A tortoise.', attributions: [], noise: null, stopped_by: 'done', scorer: { id: 'exact' }, faithfulness: { verdict: 'good', holdout_r2: null } });
    expect(textOf(contrast.call as Record<string, unknown>)).toBe('The sky was clear. has a pet tortoise. It cost 3.5 francs, they say.  Trailing text');
    const [edit] = contrast.edits;
    expect(result.units[edit?.unit ?? -1]?.text).toContain('Lars');
    // every call that was asked is the passage with one of its words taken away
    for (const body of asked()) expect(PASSAGE.length - textOf(body).length).toBeLessThanOrEqual(' tortoise'.length + 1);
  });

  it('swaps words of a list for others', async () => {
    const { endpoints, asked } = await serve(({ text }) => `A ${/pet (\w+)/.exec(text)?.[1] ?? 'nothing'}.`);
    const infiller = { id: 'swap', options: { words: { tortoise: ['turtle', 'cat'], sky: ['sea'] } } };
    const { contrast } = await search(endpoints, PASSAGE, { id: 'mcell', options: { infiller, proposals: 2 } });
    expect(contrast).toMatchObject({ found: true, edits: [{ from: 'tortoise', to: 'turtle' }], completion: 'A turtle.', evaluations: 4 });
    expect(asked()).toHaveLength(4);
  });

  it('says that nothing was found, with the best attempt', async () => {
    const { endpoints, asked } = await serve(() => 'Always this.');
    const { contrast, result } = await search(endpoints, 'One two three four.', { id: 'cell', options: { max_evaluations: 9 } });
    expect(contrast).toMatchObject({ found: false, score: 0, minimal: false, completion: 'Always this.' });
    expect(contrast.call).not.toBeNull();
    expect(contrast.edits.length).toBeGreaterThan(0);
    expect(contrast.reasons[0]).toMatch(/^None of \d+ edited calls/);
    expect(result.faithfulness.verdict).toBe('weak');
    expect(asked().length).toBeLessThanOrEqual(9);
  });

  it('identical short answers are no contrast', async () => {
    const { endpoints } = await serve(() => 'Yes it is');
    for (const id of ['bleu', 'chrf', 'exact', 'rouge-l', 'token-f1']) {
      const { contrast } = await search(endpoints, 'One two three.', { id: 'mcell' }, { scorer: { id } });
      expect(contrast).toMatchObject({ found: false, score: 0 });
    }
  });

  it.each([1, 2, 3, 7])('a budget of %i is never passed, whoever says it', async (budget) => {
    const { endpoints, asked } = await serve(({ text }) => (text.includes('zzz') ? 'x' : 'Same.'));
    for (const id of ['mcell', 'cell', 'reduce']) {
      for (const [options, more] of [[{ max_evaluations: budget }, {}], [{}, { budget: { calls: budget } }], [{}, { budget: { calls: budget }, completion: 'Same.' }]] as const) {
        const before = asked().length;
        const { contrast, result } = await search(endpoints, 'One two three four five six seven eight.', { id, options }, more);
        expect(asked().length - before).toBeLessThanOrEqual(budget);
        expect(contrast.evaluations).toBe(asked().length - before);
        expect(result.usage.calls).toBeLessThanOrEqual(budget);
        if (id !== 'reduce') expect(contrast.found).toBe(false);
        if (budget === 1) expect(contrast).toMatchObject({ found: false, score: null, edits: [], call: null });
      }
    }
  });

  it('the same seed gives the same search, another one another', async () => {
    const { endpoints, asked } = await serve(() => 'Same.');
    const text = Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ');
    const run = async (seed: number) => {
      const before = asked().length;
      await search(endpoints, text, { id: 'cell', options: { max_evaluations: 30 } }, { seed });
      return asked().slice(before).map(textOf).toSorted();
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it('a job that is taken up again asks nothing twice, and comes to the same', async () => {
    const { endpoints, asked } = await serve(knowing);
    const cache = memory();
    const method = { id: 'cell', options: { max_evaluations: 40, contrasts: 2 } };
    const whole = await search(endpoints, PASSAGE, method, {}, { cache: memory() });
    // a worker that died in the middle left half of the answers in the cache
    const full = memory();
    await search(endpoints, PASSAGE, method, {}, { cache: full });
    [...full.kept].slice(0, full.kept.size / 2).forEach(([key, outcome]) => cache.kept.set(key, outcome));
    const [before, known] = [asked().length, cache.kept.size];
    const again = await search(endpoints, PASSAGE, method, {}, { cache });
    expect(again.contrast).toEqual(whole.contrast);
    expect(asked().length - before).toBe(whole.contrast.evaluations - known);
    expect(again.evaluations).toBe(whole.evaluations);
  });

  it('that is stopped gives the best attempt, and tells it while it goes', async () => {
    const stop = new AbortController();
    let count = 0;
    const { endpoints } = await serve(({ text }) => {
      if (text.includes('[job]') && (count += 1) > 30) stop.abort();
      return text.includes('alpha') ? 'Alpha is there and so is much else.' : 'Alpha is gone and so is much else.';
    });
    const told: Provisional[] = [];
    const text = `alpha ${Array.from({ length: 60 }, (_, at) => `w${at}`).join(' ')}`;
    const { contrast, result } = await search(endpoints, text, { id: 'mcell', options: { epsilon: 0.9 } }, { scorer: { id: 'chrf' }, budget: { calls: 500 } }, { cancel: stop.signal, onProvisional: (provisional) => told.push(provisional) });
    expect(result.stopped_by).toBe('cancelled');
    expect(contrast).toMatchObject({ found: false });
    expect(contrast.call).not.toBeNull();
    expect(told.every((each) => 'contrast' in each)).toBe(true);
  });

  it('several distinct contrasts stand side by side', async () => {
    const { endpoints } = await serve(knowing);
    const { contrast } = await search(endpoints, PASSAGE, { id: 'mcell', options: { contrasts: 3 } });
    expect([contrast, ...contrast.alternatives].map(({ edits }) => edits.map(({ from }) => from.trim()))).toEqual([['Lars'], ['tortoise']]);
    expect(contrast.reasons).toEqual(['2 of 3 distinct contrasts were found.']);
  });

  it('reduce keeps the least input that keeps the answer', async () => {
    const { endpoints } = await serve(knowing);
    const { contrast } = await search(endpoints, PASSAGE, { id: 'reduce' });
    expect(contrast).toMatchObject({ found: true, goal: 'keeps', completion: 'A tortoise.', score: 0, minimal: true });
    expect(textOf(contrast.call as Record<string, unknown>).trim().split(/\s+/)).toEqual(['Lars', 'tortoise.']);
  });

  it('an unchanged call that is answered otherwise by now is said', async () => {
    const { endpoints } = await serve(() => 'Something else.');
    const { contrast } = await search(endpoints, 'One two.', { id: 'mcell' }, { completion: 'An older answer.' });
    expect(contrast.found).toBe(false);
    expect(contrast.reasons.join(' ')).toContain('answered otherwise');
  });

  it('a call that the endpoint cannot answer at all fails the job, and failed edits are only those that count for nothing', async () => {
    const refusing = await serve(knowing, {}, {}, { refuse: (text) => text.includes('[job]') && !text.includes('clear') });
    const { contrast } = await search(refusing.endpoints, PASSAGE, { id: 'mcell' });
    expect(contrast).toMatchObject({ found: true, edits: [{ from: ' Lars' }] });
    const deaf = await serve(knowing, {}, {}, { refuse: (text) => text.includes('[job]') });
    await expect(search(deaf.endpoints, PASSAGE, { id: 'mcell' })).rejects.toMatchObject({ code: 'endpoint_refused' });
    await expect(search(deaf.endpoints, PASSAGE, { id: 'mcell' }, { completion: 'A tortoise.' })).rejects.toMatchObject({ code: 'too_few_evaluations' });
  });

  it('every call that was tried is stored with its edits', async () => {
    const { endpoints } = await serve(knowing);
    const { evaluations, contrast } = await search(endpoints, PASSAGE, { id: 'mcell' });
    const stored = unpackEvaluations(evaluations).evaluations;
    expect(stored).toHaveLength(contrast.evaluations);
    expect(stored[0]?.edits).toEqual([]);
    expect(stored[0]?.mask).toEqual(Uint8Array.of(1, 1, 1, 1));
    expect(stored.find(({ edits }) => edits?.[0]?.from === ' Lars')?.mask).toEqual(Uint8Array.of(1, 0, 1, 1));
  });
});
