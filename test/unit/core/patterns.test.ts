import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PATTERN_LENGTH, compilePattern, findAll } from '../../../src/core/patterns.ts';
import { ProblemError } from '../../../src/errors.ts';

const found = (source: string, text: string): string[] =>
  findAll(compilePattern(source, '/p'), text).map(({ start, end }) => text.slice(start, end));

function problemOf(act: () => unknown): ProblemError {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('findAll', () => {
  it('gives every match in order, in UTF-16 offsets', () => {
    expect(findAll(compilePattern('\\d+', '/p'), 'a1 😀 22')).toEqual([
      { start: 1, end: 2 },
      { start: 6, end: 8 },
    ]);
  });

  it('leaves out empty matches', () => {
    expect(found('x*', 'axxb')).toEqual(['xx']);
    expect(found('\\b', 'a b')).toEqual([]);
  });

  it('knows flags, classes and scripts', () => {
    expect(found('(?i)doc', 'Doc dOC')).toEqual(['Doc', 'dOC']);
    expect(found('(?m)^#.*$', '# a\nb\n# c')).toEqual(['# a', '# c']);
    expect(found('\\p{Han}+', '你好 hello 世界')).toEqual(['你好', '世界']);
  });

  it('prefers the first alternative, as Perl does', () => {
    expect(found('a|ab', 'ab')).toEqual(['a']);
  });

  it('never cuts a surrogate pair', () => {
    expect(found('.', '😀a')).toEqual(['😀', 'a']);
    expect(found('[^a]', 'a😀')).toEqual(['😀']);
  });

  it('agrees with the built-in engine where both know the pattern', () => {
    const unit = fc.constantFrom('a', 'b', 'c', ' ', '\n', '😀', 'é');
    const patterns = ['a', 'a+', '[ab]+c?', '\\s+', '(?:ab)*', 'b|ba', '[^a]', 'a.b', '$', 'c?$'];
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.string({ unit }), (source, text) => {
        const expected = [...text.matchAll(new RegExp(source, 'gu'))].map(([match]) => match).filter((match) => match !== '');
        expect(found(source, text)).toEqual(expected);
      }),
    );
  });
});

describe('compilePattern', () => {
  it.each(['(', '[z-a]', 'a{2000}', '(?=a)', '(?<=a)b', '(a)\\1', '*', '\\'])('refuses %j and says where it stands', (source) => {
    const problem = problemOf(() => compilePattern(source, '/segmenter/options/pattern'));
    expect(problem.code).toBe('invalid_pattern');
    expect(problem.faults[0]?.pointer).toBe('/segmenter/options/pattern');
    expect(problem.message).not.toMatch(/error parsing regexp/);
  });

  it('refuses the empty pattern and one that is too long, not one that just fits', () => {
    expect(problemOf(() => compilePattern('', '/p')).code).toBe('invalid_pattern');
    expect(problemOf(() => compilePattern('a'.repeat(MAX_PATTERN_LENGTH + 1), '/p')).code).toBe('invalid_pattern');
    expect(found('a'.repeat(MAX_PATTERN_LENGTH), 'a'.repeat(MAX_PATTERN_LENGTH + 5))).toHaveLength(1);
  });
});

describe('cost', () => {
  it.each([
    ['(a+)+$', `${'a'.repeat(20_000)}b`],
    ['(x|xx)*y', 'x'.repeat(20_000)],
    ['(?:a?){30}a{30}', 'a'.repeat(2_000)],
  ])('a pattern that blows up a backtracking engine is served: %s', (source, text) => {
    expect(() => findAll(compilePattern(source, '/p'), text)).not.toThrow();
  });

  it('refuses a search for all matches that would take the square of the text', () => {
    const problem = problemOf(() => findAll(compilePattern('a[^z]*z|(?:q|a)', '/targets/0/pattern'), 'a'.repeat(60_000)));
    expect([problem.code, problem.faults[0]?.pointer]).toEqual(['invalid_pattern', '/targets/0/pattern']);
  });

  it('a plain pattern is served on a long text', () => {
    expect(found('\\n\\s*\\n', 'some words of a paragraph\n\n'.repeat(20_000))).toHaveLength(20_000);
  });
});
