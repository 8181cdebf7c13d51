import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scorerById, scorerIds, scorers } from '../../src/core/scorers/index.ts';
import { withFoil } from '../../src/core/foils.ts';
import { resolveTargets } from '../../src/core/targets.ts';
import type { Advice, Completion, Consultation, Outcome, ScoreInput, Scorer, TargetSpec } from '../../src/core/types.ts';
import { wholeTarget } from '../unit/core/scorers/helpers.ts';

const folder = new URL('../../src/core/scorers/', import.meta.url);
const tests = new URL('../unit/core/scorers/', import.meta.url);
const docs = readFileSync(new URL('../../docs/scorers.md', import.meta.url), 'utf8');

const said = (text: string): Completion => ({ text, toolCalls: [], finishReason: 'stop' });
const answered = (text: string): Outcome => ({ kind: 'generated', completion: said(text) });
const failed: Outcome = { kind: 'failed', reason: 'http 500' };
/** Says something of its own about every pair, always the same. */
const advice: Advice = (asked) => (JSON.stringify(asked).length % 11) / 10;
/** Options without which a scorer has nothing to compare in these targets. */
const NEEDED: Readonly<Record<string, object>> = { match: { pattern: '\\p{L}+' } };
/** Options with which those ask somebody that need not. */
const ASKING: Readonly<Record<string, object>> = { compliance: { told_by: 'judge' } };
/** They ask about an answer by itself: the reference, and whether it is the same, are nothing to them. */
const ALONE = new Set(['compliance']);
const specs: TargetSpec[] = [{ kind: 'completion' }, { kind: 'sentences' }, { kind: 'span', start: 0, end: 2 }];

/** Texts of many languages, of punctuation, of nothing, and near each other. */
const anyText = fc.oneof(
  fc.lorem({ mode: 'sentences', maxCount: 2 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(
    fc.constantFrom('The', 'a', 'Paris', 'is', '巴黎', 'สวัสดี', '?!', ' ', '\n', '.', '😀', 'é', 'e\u0301', '\u200b', '\ud83d'),
    { maxLength: 8 },
  ).map((parts) => parts.join(' ')),
);

/** The defaults, and something for what a caller must give. */
function optionsOf(scorer: Scorer): unknown {
  const { required = [] } = z.toJSONSchema(scorer.options, { io: 'input' });
  return scorer.options.parse({ ...Object.fromEntries(required.map((name) => [name, 'Quite another answer.'])), ...NEEDED[scorer.id] });
}

/** What a scorer is fed, for a reference with content and any other answers. */
function fed(scorer: Scorer, reference: string, outcomes: readonly string[]): ScoreInput {
  const completion = said(reference);
  const ends = Array.from(reference, (_, index) => Array.from(reference).slice(0, index + 1).join('').length);
  const weigh = (answer: string): Outcome => ({
    kind: 'weighed',
    logprobs: Float64Array.from(ends, (end) => -((answer.length + end) % 7) / 3),
  });
  const openings = (answer: string): Outcome => ({ kind: 'opened', top: [{ token: Array.from(reference)[0] ?? '', logprob: -1 - (answer.length % 5) }] });
  const made = { likelihood: weigh, text: answered, opening: openings }[scorer.needs];
  const likelihood = scorer.needs === 'likelihood';
  const grid = { ends: Int32Array.from(ends) };
  const foils = (scorer.foils?.(optionsOf(scorer)) ?? []).map((foil) => withFoil(completion, wholeTarget(reference), foil));
  const others = foils.map(({ text }) => ({ text, grid: { ends: Int32Array.of(text.length) } }));
  const beside = (outcome: Outcome): Outcome =>
    outcome.kind === 'weighed' && others.length > 0 ? { ...outcome, others: others.map(() => Float64Array.of(-2)) } : outcome;
  return {
    reference: completion,
    grid: likelihood ? grid : null,
    others: likelihood ? others : undefined,
    opening: scorer.needs === 'opening' ? [{ token: Array.from(reference)[0] ?? '', logprob: -1 }] : undefined,
    targets: resolveTargets(scorer.refuse ? specs.slice(0, 1) : specs, completion),
    outcomes: [...outcomes.map(made).map(beside), failed],
    advice,
  };
}

const content = anyText.filter((text) => /\p{L}/u.test(text) && Array.from(text).length >= 2);

it('every file of the folder is a scorer of the registry, but for the registry and the choice', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3));
  expect(files.toSorted()).toEqual([...scorers.map((scorer) => scorer.id), 'auto', 'index'].toSorted());
});

it('ids are distinct, and auto comes first', () => {
  expect(new Set(scorerIds).size).toBe(scorerIds.length);
  expect(scorerIds[0]).toBe('auto');
});

it.each([...scorerIds])('%s has a row of docs and a test', (id) => {
  expect(docs).toMatch(new RegExp(`^\\| \`${id}\` \\|`, 'm'));
  expect(existsSync(new URL(`${id}.test.ts`, tests))).toBe(true);
});

describe.each(scorers.map((scorer) => [scorer.id, scorer] as const))('%s', (id, scorer) => {
  const defaults = optionsOf(scorer);

  it('is found by its id and has a title', () => {
    expect(scorerById(id)).toBe(scorer);
    expect(scorer.title.length).toBeGreaterThan(0);
  });

  it('has a default for every option but those that must be given, refuses unknown ones, and shows them as JSON Schema', () => {
    const schema = z.toJSONSchema(scorer.options, { io: 'input' });
    for (const [name, option] of Object.entries(schema.properties ?? {})) {
      if (!schema.required?.includes(name)) expect(option).toHaveProperty('default');
      expect(docs, `an option without docs: ${name}`).toContain(`\`${name}\``);
    }
    expect(scorer.options.safeParse({ ...(defaults as object), surprise: 1 }).success).toBe(false);
    expect(scorer.unit(defaults)).toMatch(/^(nats|probability|log-odds|similarity|rate)$/);
  });

  it('gives a row per outcome and a number per target, NaN only where the outcome failed', () => {
    fc.assert(
      fc.property(content, fc.array(anyText, { maxLength: 3 }), (reference, answers) => {
        const input = fed(scorer, reference, answers);
        const values = scorer.score(input, defaults);
        expect(values.map((row) => row.length)).toEqual(input.outcomes.map(() => input.targets.length));
        for (const row of values.slice(0, -1)) expect(row.every(Number.isFinite)).toBe(true);
        expect(values.at(-1)?.every(Number.isNaN)).toBe(true);
      }),
    );
  });

  it('is pure: the same input, unchanged, gives the same values', () => {
    fc.assert(
      fc.property(content, anyText, (reference, answer) => {
        const input = fed(scorer, reference, [answer, answer]);
        const { advice: _, ...data } = input;
        const before = structuredClone(data);
        const [first, again] = [scorer.score(input, defaults), scorer.score(input, defaults)];
        expect(first).toEqual(again);
        expect(first[0]).toEqual(first[1]);
        expect(data).toEqual(before);
      }),
    );
  });

  it('refuses evaluations of the other kind', () => {
    const other = scorers.find((candidate) => candidate.needs !== scorer.needs);
    expect(() => scorer.score(fed(other as Scorer, 'Paris is.', ['x']), defaults)).toThrow(
      expect.objectContaining({ code: 'evaluations_missing' }) as Error
    );
  });

  it('takes no evaluation at all', () =>
    expect(scorer.score({ ...fed(scorer, 'Paris is.', []), outcomes: [] }, defaults)).toEqual([]));
});

const similarities = scorers.filter((scorer) => scorer.needs === 'text' && !scorer.consults && scorer.unit(optionsOf(scorer)) === 'similarity');

function similarity(scorer: Scorer, reference: string, answer: string): number {
  const input = {
    reference: said(reference),
    grid: null,
    targets: resolveTargets([{ kind: 'completion' }], said(reference)),
    outcomes: [answered(answer)],
  };
  return scorer.score(input, scorer.options.parse({}))[0]?.[0] ?? Number.NaN;
}

describe.each(similarities.map((scorer) => [scorer.id, scorer] as const))('%s as a similarity', (_, scorer) => {
  const whole = (reference: string, answer: string): number => similarity(scorer, reference, answer);

  it('is within [0, 1], and exactly 1 for the same text', () => {
    fc.assert(
      fc.property(anyText, anyText, (reference, answer) => {
        const value = whole(reference, answer);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(whole(reference, reference)).toBe(1);
      }),
    );
  });

  it('is 0 for texts that have nothing in common, the empty one included', () => {
    expect([
      whole('Paris', 'Rome'),
      whole('', 'Paris'),
      whole('Paris', ''),
      whole('', ''),
    ].map((value) => value > 0.2)).toEqual([false, false, false, true]);
  });

  it('is 1 for each sentence and span of an unchanged answer', () => {
    const text = 'Paris is the capital. It lies on the Seine.';
    const input = fed(scorer, text, [text]);
    expect([
      ...(scorer.score({ ...input, targets: input.targets.slice(0, 3) }, scorer.options.parse({}))[0] ?? []),
    ]).toEqual([1, 1, 1]);
  });
});

const consulting = scorers.flatMap((scorer) => (scorer.consults ? [[scorer.id, scorer, scorer.consults] as const] : []));

describe.each(consulting)('%s as one who asks', (id, scorer, consults) => {
  const options = scorer.options.parse({ ...(optionsOf(scorer) as object), ...ASKING[id] });
  const text = 'Paris is the capital. It lies on the Seine.';

  it('asks, before scoring, for everything that it then needs, and for no more', () => {
    fc.assert(
      fc.property(content, fc.array(anyText, { maxLength: 3 }), (reference, answers) => {
        const input = fed(scorer, reference, answers);
        const asked = new Set(consults.about(input, options).map((consultation) => JSON.stringify(consultation)));
        const needed = new Set<string>();
        scorer.score({ ...input, advice: (consultation) => (needed.add(JSON.stringify(consultation)), 0.5) }, options);
        expect(needed).toEqual(asked);
        expect(consults.about(input, options).every(({ kind }) => consults.kinds(options).includes(kind))).toBe(true);
      }),
    );
  });

  it('asks as often as it says for whole answers', () => {
    const input = fed(scorer, text, ['Lyon.', 'Nice.', 'Nantes.']);
    const asked = consults.about({ ...input, targets: input.targets.slice(0, 1) }, options);
    expect(asked.length).toBe(3 * consults.each(options));
  });

  it('gives no value where nothing was said, whatever it was about', () => {
    const input = { ...fed(scorer, text, ['Lyon.']), advice: () => Number.NaN };
    expect([...(scorer.score(input, options)[0] ?? [])].every(Number.isNaN)).toBe(true);
  });

  it('asks about no empty answer', () => {
    const input = fed(scorer, text, ['', '\n']);
    expect(consults.about({ ...input, targets: input.targets.slice(0, 1) }, options)).toEqual([]);
  });
});

describe.each(consulting.filter(([id]) => !ALONE.has(id)))('%s as one who asks about pairs', (_, scorer, consults) => {
  const options = optionsOf(scorer);
  const text = 'Paris is the capital. It lies on the Seine.';

  it('asks about neither the same text nor an empty one', () => {
    const whole = (answers: string[]): Consultation[] => {
      const input = fed(scorer, text, answers);
      return [...consults.about({ ...input, targets: input.targets.slice(0, 1) }, options)];
    };
    expect(whole([text, ` ${text}\n`, '', '\n'])).toEqual([]);
  });

  it('values the unchanged answer above any other', () => {
    const input = { ...fed(scorer, text, [text, 'Lyon.']), advice: (asked: Consultation) => (asked.kind === 'preference' && asked.first === text ? 1 : 0.2) };
    const [unchanged, other] = scorer.score(input, options).map((row) => row[0] ?? Number.NaN);
    expect(unchanged).toBeGreaterThan(other ?? Number.NaN);
  });
});

it.each(['exact', 'token-f1', 'rouge-l'])('%s is symmetric', (id) => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      expect(similarity(scorerById(id), a, b)).toBeCloseTo(similarity(scorerById(id), b, a), 14);
    }),
  );
});
