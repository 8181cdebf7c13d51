import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { infillers } from '../../src/core/infillers/index.ts';
import { methods } from '../../src/core/methods/index.ts';
import { perturbers } from '../../src/core/perturbers/index.ts';
import { scorers } from '../../src/core/scorers/index.ts';
import { searches } from '../../src/core/searches/index.ts';
import { segmenters } from '../../src/core/segmenters/index.ts';
import { dialects } from '../../src/endpoints/index.ts';

/*
 * Every id that a caller or an operator can name has a place in the docs, and every part a test of its own.
 */

const root = new URL('../../', import.meta.url);
const page = (name: string) => readFileSync(new URL(`docs/${name}`, root), 'utf8');

const parts = [
  ...methods.map(({ id }) => ({ kind: 'methods', id, docs: 'methods.md' })),
  ...searches.map(({ id }) => ({ kind: 'searches', id, docs: 'methods.md' })),
  ...infillers.map(({ id }) => ({ kind: 'infillers', id, docs: 'parts.md' })),
  ...segmenters.map(({ id }) => ({ kind: 'segmenters', id, docs: 'parts.md' })),
  ...perturbers.map(({ id }) => ({ kind: 'perturbers', id, docs: 'parts.md' })),
  ...scorers.map(({ id }) => ({ kind: 'scorers', id, docs: 'scorers.md' })),
];

describe('every part', () => {
  it.each(parts)('$kind/$id is in docs/$docs and has a test', ({ kind, id, docs }) => {
    expect(page(docs)).toContain(`\`${id}\``);
    expect(existsSync(new URL(`test/unit/core/${kind}/${id}.test.ts`, root))).toBe(true);
  });

  it.each(dialects.map(({ id }) => id))('the dialect %s is in docs/endpoints.md', (id) => {
    expect(page('endpoints.md')).toContain(`\`${id}\``);
  });
});

describe('links between pages', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'AGENTS.md', 'clients/typescript/README.md', ...['api', 'architecture', 'demo-model', 'endpoints', 'errors', 'methods', 'operations', 'parts', 'phrases', 'scorers', 'storage'].map((name) => `docs/${name}.md`)];

  it.each(pages)('%s leads nowhere that is not there', (name) => {
    const at = new URL(name, root);
    const targets = [...readFileSync(at, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target]) => target ?? '');
    const broken = targets.filter((target) => !existsSync(new URL(target, at)));
    expect(broken).toEqual([]);
  });
});
