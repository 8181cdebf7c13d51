import { describe, expect, it } from 'vitest';
import { requestSchema } from '../../../src/contract/request.ts';
import { resolveTargets } from '../../../src/core/targets.ts';
import type { Completion, TargetSpec } from '../../../src/core/types.ts';
import { comparisonKey, tokensScored } from '../../../src/service/comparison.ts';
import { methodFor, planFor } from '../../../src/service/plan.ts';
import type { Rung } from '../../../src/service/ports.ts';
import { scoringOf } from '../../../src/service/scoring.ts';
import type { Setting } from '../../../src/service/setting.ts';

const named = (name: string) => ({
  name, dialect: 'auto', baseUrl: 'http://127.0.0.1/v1', models: [], concurrency: 1, maxBatch: 1, requestsPerMinute: null, tokensPerMinute: null, timeoutSeconds: 60, price: null, embedding: null, nli: null, contradiction: null, judge: null,
});
const directory = { defaultName: 'here', list: () => [named('here'), named('there')] };

interface Case {
  call?: object;
  ends?: number[] | null;
  rung?: Rung;
  scorer?: { id: string; options?: object };
  completion?: string;
  targets?: TargetSpec[];
  [field: string]: unknown;
}

/** The key of a job that is settled like this. */
function keyOf({ call = {}, ends = [2, 5], rung = 'prompt_logprobs', scorer = { id: 'log-likelihood' }, completion = 'Paris', targets: specs = [{ kind: 'completion' }], ...body }: Case): string {
  const request = requestSchema.parse({ call: { model: 'm', messages: [{ role: 'user', content: 'One. Two.' }], ...call }, completion, scorer, targets: specs, method: { id: 'leave-one-out' }, ...body });
  const plan = planFor(request, directory, { maxUnits: 100, maxCalls: 1_000 });
  const reference: Completion = { text: completion, toolCalls: [], finishReason: null };
  const grid = ends && { ends: Int32Array.from(ends) };
  const scoring = scoringOf(request.scorer, methodFor(request.method.id));
  const setting = { reference, grid, others: [], rung, notes: [], scoring } as unknown as Setting;
  return comparisonKey(plan, setting, resolveTargets(specs, reference));
}

const TEXT: Case = { scorer: { id: 'chrf' }, rung: 'text', ends: null };

describe('the key of what can be compared', () => {
  it.each<[string, Case, Case]>([
    ['another input', {}, { call: { messages: [{ role: 'user', content: 'Three. Four. Five.' }] } }],
    ['units of another size', {}, { segmenter: { id: 'word' } }],
    ['another seed and budget', {}, { seed: 7, budget: { calls: 50 } }],
    ['parameters that weighing does not go by', {}, { call: { temperature: 0.9, max_tokens: 3 } }],
    ['another order of what is said', { ...TEXT, call: { temperature: 0, response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true } } } }, { ...TEXT, call: { response_format: { json_schema: { strict: true, name: 'a' }, type: 'json_schema' }, temperature: 0 } }],
    ['more answers of each mask', TEXT, { ...TEXT, scorer: { id: 'chrf', options: { repeats: 3 } } }],
  ])('is the same for %s', (_, one, two) => {
    expect(keyOf(two)).toBe(keyOf(one));
    expect(keyOf(one)).toMatch(/^cmp_[\w-]{27}$/);
  });

  it.each<[string, Case, Case]>([
    ['endpoint', {}, { endpoint: 'there' }],
    ['model', {}, { call: { model: 'other' } }],
    ['route', { scorer: { id: 'chrf' } }, { scorer: { id: 'chrf' }, call: { messages: undefined, input: 'One. Two.' } }],
    ['rung', {}, { rung: 'forced_decoding' }],
    ['completion', {}, { completion: 'Porto' }],
    ['cut of the completion', {}, { ends: [1, 5] }],
    ['target', {}, { targets: [{ kind: 'span', start: 0, end: 2 }] }],
    ['transform', {}, { scorer: { id: 'log-likelihood', options: { transform: 'log_prob_mean' } } }],
    ['scorer', TEXT, { ...TEXT, scorer: { id: 'rouge-l' } }],
    ['option of the scorer', TEXT, { ...TEXT, scorer: { id: 'chrf', options: { beta: 1 } } }],
    ['temperature of answers', TEXT, { ...TEXT, call: { temperature: 0 } }],
    ['method', {}, { method: { id: 'lasso' } }],
    ['perturber', {}, { perturber: { id: 'placeholder' } }],
  ])('is another one for another %s', (_, one, two) => {
    expect(keyOf(two)).not.toBe(keyOf(one));
  });
});

describe('tokens that are scored', () => {
  const setting = (more: object) => tokensScored({ grid: null, ...more } as unknown as Setting);

  it('are those of the completion and of what is weighed beside it, the first one, or none', () => {
    const grid = { ends: Int32Array.of(1, 2, 3) };
    expect(setting({ grid })).toBe(3);
    expect(setting({ grid, others: [{ text: 'ab', grid: { ends: Int32Array.of(1, 2) } }] })).toBe(5);
    expect(setting({ opening: [{ token: 'a', logprob: -1 }] })).toBe(1);
    expect(setting({})).toBeNull();
  });
});
