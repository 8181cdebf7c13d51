import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyHash, canonicalJson } from '../../../src/api/body-hash.ts';
import { documentOf, listOf } from '../../../src/api/document.ts';
import { EXPLANATION_EXAMPLE as EXAMPLE } from '../../../src/contract/example-explanation.ts';
import { explanationSchema } from '../../../src/contract/resource.ts';
import type { Stored } from '../../../src/service/ports.ts';

const stored: Stored = {
  id: EXAMPLE.id,
  owner: 'anna "the owner"',
  status: 'completed',
  createdAt: EXAMPLE.created_at,
  startedAt: EXAMPLE.started_at,
  finishedAt: EXAMPLE.finished_at,
  expiresAt: null,
  progress: JSON.stringify(EXAMPLE.progress),
  estimate: JSON.stringify(EXAMPLE.estimate),
  metadata: '{ "spaced":  "as stored" }',
  batch: JSON.stringify(EXAMPLE.batch),
  webhook: JSON.stringify(EXAMPLE.webhook),
  request: JSON.stringify(EXAMPLE.request),
  result: JSON.stringify(EXAMPLE.result),
  error: 'null',
  revision: 7,
};

describe('the document of an explanation', () => {
  it('is the stored texts in the order of the schema', () => {
    const document = explanationSchema.parse(JSON.parse(documentOf(stored)));
    expect(document).toEqual({ ...EXAMPLE, expires_at: null, metadata: { spaced: 'as stored' } });
    expect(Object.keys(JSON.parse(documentOf(stored)) as object)).toEqual(Object.keys(explanationSchema.shape));
  });

  it('holds stored JSON to the byte, and nothing of the owner', () => {
    expect(documentOf(stored)).toContain(stored.metadata);
    expect(documentOf(stored)).not.toContain('anna');
  });

  it('is JSON for any stored JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.dictionary(fc.string(), fc.string()), fc.string(), (result, metadata, at) => {
        const text = documentOf({ ...stored, result, metadata: JSON.stringify(metadata), createdAt: at });
        expect(JSON.parse(text)).toMatchObject({ result: JSON.parse(result) as unknown, created_at: at });
      }),
    );
  });

  it('makes pages', () => {
    expect(JSON.parse(listOf([], null))).toEqual({ data: [], next_cursor: null });
    expect(JSON.parse(listOf([documentOf(stored), documentOf(stored)], 'a"b'))).toEqual({
      data: [JSON.parse(documentOf(stored)), JSON.parse(documentOf(stored))],
      next_cursor: 'a"b',
    });
  });
});

/** The same document with the keys of every object turned round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, turned(item)]),
  );
}

describe('the hash of a body', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(bodyHash(turned(value))).toBe(bodyHash(value));
      }),
    );
  });

  it('hashes a text that says the same as the body', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('tells different bodies apart', () => {
    const bodies = [
      {},
      [],
      null,
      '',
      0,
      false,
      { a: 1 },
      { a: '1' },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: { b: 1 } },
      { 'a.b': 1 },
      { a: 1, b: null },
    ];
    expect(new Set(bodies.map(bodyHash)).size).toBe(bodies.length);
    expect(bodyHash({ b: 1, a: 2 })).toMatch(/^[0-9a-f]{64}$/);
  });
});
