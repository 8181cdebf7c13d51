import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/errors.ts';
import { readCursor, writeCursor } from '../../../src/service/cursor.ts';

const position = { createdAtMs: 1_790_000_000_000, id: 'exp_01k' };

describe('cursor', () => {
  it('comes back as it was written', () => {
    expect(readCursor('a', 'failed', writeCursor('a', 'failed', position))).toEqual(position);
  });

  it.each([
    ['another owner', 'b', 'failed', writeCursor('a', 'failed', position)],
    ['another filter', 'a', '', writeCursor('a', 'failed', position)],
    ['noise', 'a', '', 'AAAA'],
    ['nothing', 'a', '', ''],
    ['a changed position', 'a', '', Buffer.from('1.exp_x.aaaaaaaaaaaa').toString('base64url')],
  ])('refuses a cursor from %s', (_, owner, filter, cursor) => {
    const read = () => readCursor(owner, filter, cursor);
    expect(read).toThrow(ProblemError);
    expect(read).toThrow(/not a cursor of this list/);
  });
});
