import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completionFrom } from '../../../src/core/completions.ts';
import { MAX_MATCHES, resolveTargets, targetTokens } from '../../../src/core/targets.ts';
import type { Completion, Target, TargetSpec } from '../../../src/core/types.ts';
import { ProblemError } from '../../../src/errors.ts';

const said = (text: string): Completion => ({ text, toolCalls: [], finishReason: null });
const texts = (specs: TargetSpec[], completion: Completion) => resolveTargets(specs, completion).map((target) => target.text);

function problem(run: () => unknown): [string, string] {
  try {
    run();
  } catch (error) {
    if (error instanceof ProblemError) return [error.code, error.faults.map((fault) => fault.pointer).join()];
  }
  return ['no problem', ''];
}

const call = (name: string, args: string) => ({ name, arguments: args });
const calls: Completion = completionFrom({
  choices: [
    {
      message: {
        content: null,
        tool_calls: [
          { function: call('weather', '{ "city": "Köln", "days": 3 }') },
          { function: call('note', 'plain') },
          { function: call('weather', '{"city":"Bonn","unit":"C"}') },
        ],
      },
    },
  ],
});

describe('resolveTargets', () => {
  it('counts indices on over all specs and keeps each spec', () => {
    const specs: TargetSpec[] = [{ kind: 'completion' }, { kind: 'sentences' }, { kind: 'match', pattern: '[A-Z]\\w+' }];
    const resolved = resolveTargets(specs, said('It is Paris. Not Rome!'));
    expect(resolved.map(({ index, spec, start, end, text }) => [index, spec.kind, start, end, text])).toEqual([
      [0, 'completion', 0, 22, 'It is Paris. Not Rome!'],
      [1, 'sentences', 0, 12, 'It is Paris.'],
      [2, 'sentences', 13, 22, 'Not Rome!'],
      [3, 'match', 0, 2, 'It'],
      [4, 'match', 6, 11, 'Paris'],
      [5, 'match', 13, 16, 'Not'],
      [6, 'match', 17, 21, 'Rome'],
    ]);
    expect(resolved[2]?.spec).toBe(specs[1]);
  });

  it('takes an empty completion as a whole, but finds nothing in it', () => {
    expect(resolveTargets([{ kind: 'completion' }], said(''))).toEqual([{
      index: 0,
      spec: { kind: 'completion' },
      start: 0,
      end: 0,
      text: '',
    }]);
    expect(problem(() => resolveTargets([{ kind: 'sentences' }], said(' \n')))).toEqual(['target_not_found', '/targets/0']);
  });

  it('counts spans in code points', () => {
    const text = '😀 Köln 👩‍👩‍👧!';
    const resolved = resolveTargets(
      [{ kind: 'span', start: 0, end: 1 }, { kind: 'span', start: 2, end: 6 }, { kind: 'span', start: 7, end: 13 }],
      said(text),
    );
    expect(
      resolved.map(({ start, end, text: part }) => [start, end, part])
    ).toEqual([[0, 2, '😀'], [3, 7, 'Köln'], [8, 17, '👩‍👩‍👧!']]);
  });

  it.each([
    [{ kind: 'span', start: 0, end: 6 }, 'target_not_found', '/targets/1/end'],
    [{ kind: 'span', start: 9, end: 10 }, 'target_not_found', '/targets/1/start'],
    [{ kind: 'span', start: 2, end: 2 }, 'target_not_found', '/targets/1/end'],
    [{ kind: 'match', pattern: 'x*' }, 'target_not_found', '/targets/1/pattern'],
    [{ kind: 'match', pattern: '(' }, 'invalid_pattern', '/targets/1/pattern'],
    [{ kind: 'json', pointer: '' }, 'target_not_found', '/targets/1/pointer'],
    [{ kind: 'json', pointer: 'no' }, 'target_not_found', '/targets/1/pointer'],
    [{ kind: 'tool_call', name: 'f' }, 'target_not_found', '/targets/1'],
    [{ kind: 'tool_call', name: 'f', pointer: '~' }, 'target_not_found', '/targets/1/pointer'],
  ] satisfies [TargetSpec, string, string][])('refuses %j', (spec, code, pointer) => {
    expect(problem(() => resolveTargets([{ kind: 'completion' }, spec], said('a😀bc.')))).toEqual([code, pointer]);
  });

  it('takes at most 64 matches, none of them empty', () => {
    expect(texts([{ kind: 'match', pattern: 'b*' }], said('abba b'))).toEqual(['bb', 'b']);
    expect(texts([{ kind: 'match', pattern: '.' }], said('x'.repeat(100)))).toHaveLength(MAX_MATCHES);
    expect(MAX_MATCHES).toBe(64);
  });

  it('finds JSON values as written', () => {
    const text = 'Sure!\n```json\n{"city": "Köln", "days": [ 1.0, 2 ]}\n```';
    const resolved = resolveTargets([{ kind: 'json', pointer: '/city' }, { kind: 'json', pointer: '/days' }], said(text));
    expect(resolved.map((target) => target.text)).toEqual(['"Köln"', '[ 1.0, 2 ]']);
    for (const target of resolved) expect(text.slice(target.start, target.end)).toBe(target.text);
  });

  it('finds tool calls in the text that stands for them', () => {
    const resolved = resolveTargets(
      [
        { kind: 'tool_call', name: 'weather' },
        { kind: 'tool_call', name: 'weather', pointer: '/unit' },
        { kind: 'tool_call', name: 'note' },
        { kind: 'json', pointer: '/arguments/city' },
      ],
      calls,
    );
    expect(resolved.map((target) => target.text)).toEqual(['{"city":"Köln","days":3}', '"C"', '"plain"', '"Köln"']);
    for (const target of resolved) expect(calls.text.slice(target.start, target.end)).toBe(target.text);
  });

  it('gives tool calls beside text no span in it', () => {
    const completion: Completion = { text: 'One moment.', toolCalls: [call('f', '{ "a": [1, 2] }')], finishReason: null };
    const specs: TargetSpec[] = [{ kind: 'tool_call', name: 'f' }, { kind: 'tool_call', name: 'f', pointer: '/a' }];
    expect(resolveTargets(specs, completion).map(({ start, end, text }) => [start, end, text])).toEqual([
      [11, 11, '{ "a": [1, 2] }'],
      [11, 11, '[1, 2]'],
    ]);
  });

  it('finds a call that the model wrote out in its text, and only the call that was made', () => {
    const text = 'Not {"name": "f", "arguments": {"a": 1}} but\n<tool_call>{"name": "f", "arguments": {"a": 2}}</tool_call>';
    expect(texts([{ kind: 'tool_call', name: 'f' }], said(text))).toEqual(['{"a": 1}']);
    const made = resolveTargets(
      [{ kind: 'tool_call', name: 'f' }],
      { text, toolCalls: [call('f', '{"a":2}')], finishReason: null },
    )[0];
    expect([made?.text, made?.start]).toEqual(['{"a": 2}', text.lastIndexOf('{"a": 2}')]);
    const other = { text, toolCalls: [call('g', '{}')], finishReason: null };
    expect(problem(() => resolveTargets([{ kind: 'tool_call', name: 'f' }], other))[0]).toBe('target_not_found');
  });

  it('always gives spans of the text', () => {
    const specs: TargetSpec[] = [{ kind: 'completion' }, { kind: 'sentences' }, { kind: 'match', pattern: '\\pL+' }];
    fc.assert(
      fc.property(fc.lorem({ mode: 'sentences', maxCount: 4 }), (text) => {
        const resolved = resolveTargets(specs, said(text));
        resolved.forEach((target, index) => {
          expect(target.index).toBe(index);
          expect(text.slice(target.start, target.end)).toBe(target.text);
          expect(target.text.trimEnd()).toBe(target.text);
        });
      }),
    );
  });
});

describe('targetTokens', () => {
  const part = (start: number, end: number): Target => ({
    index: 0,
    spec: { kind: 'span', start, end },
    start,
    end,
    text: 'x'.repeat(end - start),
  });
  const range = (ends: number[], target: Target) => {
    const { from, to } = targetTokens(target, { ends: Int32Array.from(ends) });
    return [from, to];
  };

  it.each([
    [[2, 5, 11, 12], 0, 12, [0, 4]],
    [[2, 5, 11, 12], 6, 11, [2, 3]], // " Paris" overlaps "Paris"
    [[2, 5, 11, 12], 5, 6, [2, 3]],
    [[2, 5, 11, 12], 4, 6, [1, 3]],
    [[2, 5, 11, 12], 5, 5, [2, 2]],
    [[1, 1, 1, 3, 4], 1, 3, [1, 4]], // two bytes of a character before the token that completes it
    [[1, 1, 1, 3, 4], 0, 1, [0, 1]],
    [[0, 2, 4, 4], 2, 4, [2, 4]], // nothing after the text's end but a token without characters
    [[0, 2, 4, 4], 0, 2, [0, 2]],
    [[], 0, 1, [0, 0]],
    [[3], 4, 5, [1, 1]],
  ])('of %j, span %d–%d', (ends, start, end, tokens) => expect(range(ends, part(start, end))).toEqual(tokens));

  it('of the whole completion are all, also when it is empty', () => {
    const whole: Target = { index: 0, spec: { kind: 'completion' }, start: 0, end: 0, text: '' };
    expect([range([], whole), range([0], whole)]).toEqual([[0, 0], [0, 1]]);
  });

  it('divide as the targets divide the text, and overlap exactly the characters', () => {
    const widths = fc.array(fc.nat(3), { minLength: 1, maxLength: 12 });
    const grid = widths.map((list) => list.map((_, index) => list.slice(0, index + 1).reduce((sum, width) => sum + width, 0)));
    fc.assert(
      fc.property(grid, fc.nat(), (ends, seed) => {
        const length = ends.at(-1) ?? 0;
        fc.pre(length > 0);
        const cuts = [...new Set([0, ...ends.filter((_, index) => (seed >> index) & 1), length])].toSorted((a, b) => a - b);
        let next = 0;
        cuts.slice(1).forEach((end, index) => {
          const [from, to] = range(ends, part(cuts[index] ?? 0, end));
          expect(from).toBe(next);
          next = to ?? -1;
        });
        expect(next).toBe(ends.length);
        const [start, stop] = [seed % length, (seed % length) + 1];
        const [from = 0, to = 0] = range(ends, part(start, stop));
        ends.forEach((end, index) => {
          const begin = ends[index - 1] ?? 0;
          if (end > begin) expect(index >= from && index < to).toBe(begin < stop && end > start);
        });
      }),
    );
  });
});
