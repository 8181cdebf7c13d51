import { describe, expect, it } from 'vitest';
import { counterparts } from '../../../src/core/counterpart.ts';
import { resolveTargets } from '../../../src/core/targets.ts';
import type { Completion, TargetSpec, ToolCall } from '../../../src/core/types.ts';

const said = (text: string, ...toolCalls: ToolCall[]): Completion => ({ text, toolCalls, finishReason: null });
const made = (name: string, args: string) => ({ name, arguments: args });

/** The form in which the one target is compared, and what of the new answer stands against it. */
function against(spec: TargetSpec, before: Completion, after: Completion): [string | undefined, readonly string[] | undefined] {
  const [part] = counterparts(resolveTargets([spec], before));
  return [part?.reference, part?.of(after)];
}

describe('counterparts', () => {
  it('of the completion: the whole text', () => {
    expect(against({ kind: 'completion' }, said('a'), said(''))).toEqual(['a', ['']]);
  });

  it('of a sentence or span: every sentence and the whole', () => {
    const after = said('It is Rome. Sure.');
    expect(against({ kind: 'sentences' }, said('It is Paris.'), after)).toEqual([
      'It is Paris.',
      ['It is Rome. Sure.', 'It is Rome.', 'Sure.'],
    ]);
    expect(
      against({ kind: 'span', start: 6, end: 11 }, said('It is Paris.'), after)
    ).toEqual(['Paris', ['It is Rome. Sure.', 'It is Rome.', 'Sure.']]);
  });

  it('of a match: every match, or none', () => {
    const spec: TargetSpec = { kind: 'match', pattern: '\\d*' };
    expect(against(spec, said('in 1889'), said('in 1887 or 89'))).toEqual(['1889', ['1887', '89']]);
    expect(against(spec, said('in 1889'), said('unknown'))).toEqual(['1889', []]);
  });

  it('of a JSON value: the value at the same pointer, however it is written', () => {
    const before = said('{"a": {"x": 1.0, "y": "\\u00e9"}, "b": "say \\"hi\\""}');
    expect(
      against({ kind: 'json', pointer: '/a' }, before, said('Here:\n```\n{"a":{"y":"é","x":1}}\n```'))
    ).toEqual(['{"x":1,"y":"é"}', ['{"x":1,"y":"é"}']]);
    expect(against({ kind: 'json', pointer: '/b' }, before, said('{"b": "no"}'))).toEqual(['say "hi"', ['no']]);
    expect(against({ kind: 'json', pointer: '/b' }, before, said('I do not know.'))).toEqual(['say "hi"', []]);
  });

  it('of a tool call: the arguments of the call of that name, wherever they stand', () => {
    const before = said('One moment.', made('f', '{"a": 1, "b": [2]}'));
    expect(
      against({ kind: 'tool_call', name: 'f' }, before, said('', made('g', '{}'), made('f', '{"b":[2],"a":1}')))
    ).toEqual(['{"a":1,"b":[2]}', ['{"a":1,"b":[2]}']]);
    expect(
      against({ kind: 'tool_call', name: 'f', pointer: '/b' }, before, said('', made('f', '{"b":3}')))
    ).toEqual(['[2]', ['3']]);
    expect(against({ kind: 'tool_call', name: 'f' }, before, said('', made('g', '{}')))).toEqual(['{"a":1,"b":[2]}', []]);
    expect(against({ kind: 'tool_call', name: 'f' }, before, said('No tool needed.'))).toEqual(['{"a":1,"b":[2]}', []]);
  });

  it('of arguments that are no JSON: the arguments as they are, in the text or beside it', () => {
    const spec: TargetSpec = { kind: 'tool_call', name: 'sql' };
    const inText = said('{"name":"sql","arguments":"select \\"1\\""}', made('sql', 'select "1"'));
    expect(against(spec, inText, said('Now:', made('sql', 'select 2')))).toEqual(['select "1"', ['select 2']]);
    expect(against(spec, said('Now:', made('sql', 'select "1"')), inText)).toEqual(['select "1"', ['select "1"']]);
  });
});
