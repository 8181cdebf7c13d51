import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactJson, isJson, scanJson } from '../../../src/core/jsontext.ts';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('isJson', () => {
  it.each([
    '{}', '[]', ' [1, {"a": null}]\n', '"x"', '-0.5e+3', 'true', '{"a":{"b":[[],{}]}}', '"\\u00e9\\n\u2028\ud800"',
  ])('takes %j', (text) => expect(isJson(text)).toBe(true));

  it.each([
    '', ' ', '{', '[1,]', '{"a":1,}', '{a:1}', '{"a" 1}', '{"a":1 "b":2}', '[1 2]', '01', '.5', '1.', '+1', "'a'",
    '"a\tb"', '"\\x"',
    '// c\n1', 'nul', 'NaN', '[1]]', '[}', '{]', '{"a":}', '{1:2}', ',', ':', '\u00a01', '"unclosed',
  ])('refuses %j', (text) => expect(isJson(text)).toBe(false));

  it('agrees with JSON.parse on texts near JSON', () => {
    const marks = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', ' ', '\n');
    const shard = fc.oneof(marks, fc.constantFrom('"a"', '1', '-', '0', '.', 'e', 'null', 'tru', 'a'));
    fc.assert(
      fc.property(fc.array(shard, { maxLength: 9 }).map((parts) => parts.join('')), (text) => isJson(text) === parses(text)),
      { numRuns: 3_000 },
    );
    fc.assert(fc.property(fc.json(), (text) => isJson(text)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => isJson(JSON.stringify(text)) && isJson(text) === parses(text))
    );
  });

  it('refuses what is nested deeper than 500, without ending the stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect([isJson(nested(500)), isJson(nested(100_000))]).toEqual([true, false]);
  });
});

describe('compactJson', () => {
  it('takes whitespace between tokens away and leaves strings and numbers as written', () => {
    expect(compactJson('{ "a" : [ 1.0 , 1e2 ],\r\n\t"b c": "x\\n y" }')).toBe('{"a":[1.0,1e2],"b c":"x\\n y"}');
    expect(compactJson('{"a":1} rest')).toBeNull();
  });

  it('undoes indentation', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => compactJson(JSON.stringify(value, null, 3)) === JSON.stringify(value)));
  });
});

describe('scanJson', () => {
  it('tells where the value ends', () => expect(scanJson('see {"a":[1]} there', 4)).toEqual({ end: 13, unclosed: [] }));
  it('tells which containers were open when it failed', () =>
    expect(scanJson('[1,{"a":[2', 0)).toEqual({ end: null, unclosed: [0, 3, 8] }));
});
