import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { etagOf, matchesEtag, MAX_WAIT_SECONDS, negotiate, waitSeconds } from '../../../src/contract/headers.ts';

const token = fc.stringMatching(/^[a-z][a-z-]{0,11}$/);

describe('Prefer', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['respond-async', null],
    ['wait=10', 10],
    ['Wait = 10', 10],
    ['wait="10"', 10],
    ['wait=010', 10],
    ['respond-async, wait=10; foo=bar', 10],
    ['wait=10, wait=20', 10],
    ['note="a, wait=3", wait=4', 4],
    ['note="a \\", wait=3"', null],
    [',, wait=60 ,', 60],
  ])('reads %j', (prefer, seconds) => {
    expect(waitSeconds(prefer)).toBe(seconds);
  });

  it('reads every wait among other preferences', () => {
    const other = token.filter((name) => name !== 'wait');
    fc.assert(
      fc.property(fc.array(other), fc.array(other), fc.integer({ min: 0, max: MAX_WAIT_SECONDS }), (before, after, seconds) => {
        expect(waitSeconds([...before, `wait=${seconds}`, ...after].join(', '))).toBe(seconds);
        expect(waitSeconds([...before, ...after].join(','))).toBeNull();
      }),
    );
  });

  it('refuses every other wait', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: MAX_WAIT_SECONDS + 1 }), fc.integer({ max: -1 }), token, fc.double({ noInteger: true })),
        (value) => {
          expect(() => waitSeconds(`wait=${value}`)).toThrow('wait=N');
        },
      ),
    );
  });
});

describe('entity tags', () => {
  it('matches itself, weak or strong, in any list, and no other revision', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^exp_[0-9a-z]{26}$/), fc.nat(), fc.nat(), fc.array(token), (id, revision, other, list) => {
        const tag = etagOf(id, revision);
        const others = list.map((name) => `"${name}"`);
        expect(matchesEtag([...others, tag].join(', '), tag)).toBe(true);
        expect(matchesEtag([`W/${tag}`, ...others].join(','), tag)).toBe(true);
        expect(matchesEtag(others.join(', '), tag)).toBe(false);
        expect(matchesEtag(etagOf(id, other), tag)).toBe(other === revision);
      }),
    );
  });

  it('knows the star and nothing', () => {
    expect(matchesEtag('*', '"a"')).toBe(true);
    expect(matchesEtag('', '"a"')).toBe(false);
    expect(matchesEtag(undefined, '"a"')).toBe(false);
    expect(matchesEtag('a', '"a"')).toBe(false);
  });
});

describe('negotiation', () => {
  const offers = ['application/json', 'text/csv'] as const;

  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['text/html, */*;q=0.1', 'application/json'],
    ['TEXT/CSV', 'text/csv'],
    ['text/csv; header=present', 'text/csv'],
    ['text/csv;q=0.9, application/json;q=0.90', 'application/json'],
    ['*/*, text/csv;q=0', 'application/json'],
    ['*/*, application/json;q=0', 'text/csv'],
    ['text/*;q=0.3, */*;q=0.2', 'text/csv'],
    ['application/json;q=0.0', null],
    ['application/problem+json', null],
  ])('answers %j with %s', (accept, type) => {
    expect(negotiate(accept, offers)).toBe(type);
  });

  it('gives what is wanted alone, and never what is refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...offers), fc.integer({ min: 0, max: 1_000 }), (type, quality) => {
        expect(negotiate(type, offers)).toBe(type);
        expect(negotiate(`${type};q=${(quality / 1_000).toFixed(3)}`, offers)).toBe(quality === 0 ? null : type);
        expect(negotiate(`*/*, ${type};q=0`, offers)).toBe(offers.find((offer) => offer !== type));
      }),
    );
  });
});
