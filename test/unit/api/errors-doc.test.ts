import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problemSchema } from '../../../src/contract/problem.ts';
import { PROBLEMS } from '../../../src/errors.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/errors.md', () => {
  it('lists every problem once, with its status and whether it is retryable, and no other', () => {
    const documented = rows.map(
      ([code = '', status, retryable]) =>
        [code.replaceAll('`', ''), { status: Number(status), retryable: retryable === 'yes' }] as const,
    );
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(Object.entries(PROBLEMS).map(([code, { status, retryable }]) => [code, { status, retryable }])),
    );
    expect(new Set(documented.map(([code]) => code)).size).toBe(documented.length);
    expect(rows.every((cells) => cells.length === 5 && ['yes', 'no'].includes(cells[2] ?? ''))).toBe(true);
  });

  it('says of each when it happens and what to do', () => {
    for (const [code, , , when = '', todo = ''] of rows)
      expect([code, /^\S.{10,}\.$/.test(when) && /^\S.{8,}\.$/.test(todo)]).toEqual([code, true]);
  });

  it('shows a document that fits the schema', () => {
    const example = /```json\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(problemSchema.parse(JSON.parse(example)).code).toBe('validation_failed');
  });
});
