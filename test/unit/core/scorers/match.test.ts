import { describe, expect, it } from 'vitest';
import { match } from '../../../../src/core/scorers/match.ts';
import { resolveTargets } from '../../../../src/core/targets.ts';
import type { Completion, Outcome, TargetSpec } from '../../../../src/core/types.ts';
import type { ProblemError } from '../../../../src/errors.ts';
import { completionOf, scoreText } from './helpers.ts';

const call = (name: string, args = '{}'): Completion => ({ text: 'Well.', toolCalls: [{ name, arguments: args }], finishReason: 'tool_calls' });
const outcome = (completion: Completion): Outcome => ({ kind: 'generated', completion });

function values(reference: Completion, specs: readonly TargetSpec[], answers: readonly Completion[], options: object = {}): number[][] {
  const input = { reference, grid: null, targets: resolveTargets(specs, reference), outcomes: answers.map(outcome) };
  return match.score(input, match.options.parse(options)).map((row) => [...row]);
}

describe('match', () => {
  it.each([
    [{ pattern: '\\d+' }, 'It is 42, not 43.', 'Sure: 42!', 1],
    [{ pattern: '\\d+' }, 'It is 42.', 'It is 43, not 42.', 0],
    [{ pattern: '\\d+' }, 'It is 42.', 'No idea.', 0],
    [{ pattern: '(?i)sorry' }, 'Sure.', 'Of course.', 1],
    [{ pattern: '(?i)sorry' }, 'Sorry.', 'I am sorry.', 0],
    [{ pattern: '(?i)sorry', ignore_case: true }, 'Sorry.', 'I am sorry.', 1],
    [{ pointer: '/city' }, '{"city": "Paris", "n": 1}', 'So: {"n":2,"city":"\\u0050aris"}', 1],
    [{ pointer: '/city' }, '{"city":"Paris"}', '{"city":"Rome"}', 0],
    [{ pointer: '/city' }, '{"city":"Paris"}', 'Paris', 0],
    [{ tool_call: 'find' }, '{"name":"find","arguments":{}}', '{"name":"find","arguments":{"a":1}}', 1],
    [{ tool_call: true }, '{"name":"find","arguments":{}}', '{"name":"send","arguments":{}}', 0],
    [{ tool_call: 'send' }, '{"name":"find","arguments":{}}', 'No call.', 1],
  ])('with %j, %j against %j is %d', (options, reference, answer, value) => expect(scoreText(match, reference, answer, options)).toBe(value));

  it('reads the tools that the reply lists', () => {
    const whole: TargetSpec[] = [{ kind: 'completion' }];
    expect(values(call('find'), whole, [call('find', '{"x":1}'), call('send'), completionOf('No.')], { tool_call: true })).toEqual([[1], [0], [0]]);
  });

  it('takes what the targets name where no option is given', () => {
    const reference = completionOf('{"city":"Paris","n":12}');
    const specs: TargetSpec[] = [{ kind: 'match', pattern: '\\d+' }, { kind: 'json', pointer: '/city' }];
    expect(values(reference, specs, [completionOf('{"city":"Paris","n":13}'), completionOf('7 and 12')])).toEqual([[0, 1], [1, 0]]);
    const tools: TargetSpec[] = [{ kind: 'tool_call', name: 'find' }, { kind: 'tool_call', name: 'find', pointer: '/q' }];
    expect(values(call('find', '{"q":"a"}'), tools, [call('find', '{"q": "b"}'), call('find', '{"q": "a"}'), call('send')])).toEqual([[1, 0], [1, 1], [0, 0]]);
  });

  it('says before anything is asked what it cannot score', () => {
    const given = match.options.parse({});
    expect(match.unfit?.([{ kind: 'completion' }], given)).toContain('one of pattern');
    expect(match.unfit?.([{ kind: 'json', pointer: '' }], given)).toBeNull();
    expect(match.unfit?.([{ kind: 'completion' }], match.options.parse({ pattern: 'a' }))).toBeNull();
    const bad = () => match.unfit?.([{ kind: 'completion' }], match.options.parse({ pattern: '(' }));
    expect(bad).toThrow(expect.objectContaining({ code: 'invalid_pattern', faults: [expect.objectContaining({ pointer: '/scorer/options/pattern' })] }) as ProblemError);
  });

  it.each([[{ pattern: 'a', pointer: '/a' }], [{ tool_call: true, pattern: 'a' }], [{ pattern: '' }], [{ pointer: 'a' }], [{ tool_call: false }]])(
    'refuses the options %j',
    (options) => expect(match.options.safeParse(options).success).toBe(false),
  );

  it('is a rate, and NaN where the outcome failed', () => {
    expect(match.unit(match.options.parse({}))).toBe('rate');
    const reference = completionOf('a');
    const input = { reference, grid: null, targets: resolveTargets([{ kind: 'completion' }], reference), outcomes: [{ kind: 'failed', reason: 'x' } as const] };
    expect(match.score(input, match.options.parse({ pattern: 'a' }))[0]?.[0]).toBeNaN();
  });
});
