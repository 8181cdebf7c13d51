import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/core/canonical.ts';
import { pointerTokens } from '../../../src/core/jsonpointer.ts';
import { findValue, jsonDocuments } from '../../../src/core/jsonspans.ts';

function at(text: string, pointer: string): string | null {
  const span = findValue(jsonDocuments(text), pointerTokens(pointer) ?? ['no pointer']);
  return span && text.slice(span.start, span.end);
}

describe('pointerTokens (RFC 6901)', () => {
  it.each([
    ['', []],
    ['/', ['']],
    ['/foo/0', ['foo', '0']],
    ['/a~1b', ['a/b']],
    ['/m~0n', ['m~n']],
    ['/~01', ['~1']],
    ['/ ', [' ']],
  ])('%j', (pointer, tokens) => {
    expect(pointerTokens(pointer)).toEqual(tokens);
  });
  it.each(['foo', '#/a', '/~', '/~2'])('refuses %j', (pointer) => expect(pointerTokens(pointer)).toBeNull());
});

describe('findValue', () => {
  // The document and answers of RFC 6901 section 5.
  const rfc = '{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\\\j": 5, "k\\"l": 6, " ": 7, "m~n": 8}';
  it.each([
    ['', rfc],
    ['/foo', '["bar", "baz"]'],
    ['/foo/0', '"bar"'],
    ['/', '0'],
    ['/a~1b', '1'],
    ['/c%d', '2'],
    ['/i\\j', '5'],
    ['/k"l', '6'],
    ['/ ', '7'],
    ['/m~0n', '8'],
  ])('%j', (pointer, value) => {
    expect(at(rfc, pointer)).toBe(value);
  });

  it.each([
    ['/foo/2'],
    ['/foo/-'],
    ['/foo/00'],
    ['/foo/length'],
    ['/bar'],
    ['/foo/0/0'],
    ['/constructor'],
  ])('finds nothing at %j', (pointer) => expect(at(rfc, pointer)).toBeNull());

  it('takes the last of equal keys', () => expect(at('{"a":1,"a":2}', '/a')).toBe('2'));
  it('reads escaped keys', () => expect(at('{"\\u0061":1}', '/a')).toBe('1'));
  it('reads a scalar completion', () => expect(at(' "Paris"\n', '')).toBe('"Paris"'));

  it('looks into code fences before prose', () => {
    const text = 'Like {"a": 0}:\n```json\n{"a": 1}\n```\nor\n~~~\n{"b": 2}\n~~~\n';
    expect([at(text, '/a'), at(text, '/b')]).toEqual(['1', '2']);
    expect(at('```json\r\n"only"\r\n```', '')).toBe('"only"');
    expect(at('```json\n{"a": 1}', '/a')).toBe('1');
  });

  it('finds the first object in prose that has the value, past braces that are no JSON', () => {
    const text = 'As {said} in [1] and {"x": "}{"}: the answer is {"a": {"b": [10, 20]}}. Also {"a": 3}.';
    expect([
      at(text, '/a/b/1'),
      at(text, '/a'),
      at(text, '/x'),
      at(text, ''),
    ]).toEqual(['20', '{"b": [10, 20]}', '"}{"', '{"x": "}{"}']);
  });

  it('finds arrays in prose when no object has the value', () => expect(at('Got [[1, 2], {"k": 3}] there', '/1/k')).toBe('3'));
  it('finds nothing in broken JSON', () => expect(at('{"a": 1, "b": ', '/a')).toBeNull());
  it('finds what is whole inside what is cut off', () => expect(at('[1, {"a": 2}, ', '/a')).toBe('2'));
  it('reads lines of JSON', () => expect(at('{"a":1}\n{"b":2}', '/b')).toBe('2'));

  it('reads long hostile text about once', () => {
    for (const shard of ['[', '"\\n', '~~~`\n', '{"a":', '[[1 ', '{', '["[', '"{']) {
      expect(at(shard.repeat(100_000), '/z')).toBeNull();
    }
  });

  it('finds every value of every document, whatever surrounds it', () => {
    const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
    const paths = (value: unknown, path: string): [string, unknown][] => {
      const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
      return [[path, value], ...inner.flatMap(([key, part]) => paths(part, `${path}/${escaped(key)}`))];
    };
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 });
    const around = fc.constantFrom(['', ''], ['So: ', ' — done.'], ['```json\n', '\n```'], ['x {y} ', '']);
    fc.assert(
      fc.property(object, around, fc.constantFrom(0, 2), (value, [before, after], indent) => {
        const text = `${before}${JSON.stringify(value, null, indent)}${after}`;
        for (const [path, part] of paths(JSON.parse(JSON.stringify(value)), '')) {
          expect(JSON.parse(at(text, path) ?? '"missing"')).toEqual(part);
        }
      }),
    );
  });
});

describe('canonicalText', () => {
  it.each([
    ['{ "b": [1.0, 1e2, -0], "a": "\\u00e9" }', '{"a":"é","b":[1,100,0]}'],
    ['"a \\"b\\""', 'a "b"'], ['12345678901234567890', '12345678901234567890'], ['1e999', '1e999'], ['1.50', '1.5'],
    ['{"a":1,"a":2}', '{"a":2}'], [' null ', 'null'], ['not json', 'not json'], ['', ''],
  ])('%j → %j', (json, canonical) => expect(canonicalText(json)).toBe(canonical));

  it('does not depend on the order of keys or on whitespace', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), fc.nat(4), (value, indent) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalText(JSON.stringify(reversed, null, indent))).toBe(canonicalText(JSON.stringify(value)));
        expect(JSON.parse(canonicalText(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
