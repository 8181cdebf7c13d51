import { describe, expect, it } from 'vitest';
import { together } from '../../../src/store/together.ts';

/** Batches as they were worked on; a number is answered with its double, what is negative is too much for `work`. */
function worked(most: number, fail?: () => Error) {
  const batches: number[][] = [];
  const ask = together(async (items: readonly number[]) => {
    batches.push([...items]);
    await new Promise(setImmediate);
    if (fail) throw fail();
    const bad = items.find((item) => item < 0);
    if (bad !== undefined) throw new Error(`${bad} is negative`);
    return items.map((item) => 2 * item);
  }, most);
  return { ask, batches };
}

describe('together', () => {
  it('takes what is asked in one turn, and then what was asked meanwhile, so many at a time', async () => {
    const { ask, batches } = worked(3);
    const first = [1, 2, 3, 4].map(ask);
    await new Promise(setImmediate);
    const later = [5, 6].map(ask);
    expect(await Promise.all([...first, ...later])).toEqual([2, 4, 6, 8, 10, 12]);
    expect(batches).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect(await ask(7)).toBe(14);
    expect(batches).toHaveLength(3);
  });

  it('tells of what is wrong with one to the one who asked', async () => {
    const { ask, batches } = worked(8);
    const said = await Promise.allSettled([1, -2, 3].map(ask));
    expect(said).toMatchObject([{ value: 2 }, { reason: { message: '-2 is negative' } }, { value: 6 }]);
    expect(batches).toEqual([[1, -2, 3], [1], [-2], [3]]);
    await expect(ask(-1)).rejects.toThrow('-1 is negative');
    expect(batches).toHaveLength(5);
    expect(await ask(4)).toBe(8);
  });

  it('refuses all who wait when the server is away, and asks it anew for those who come later', async () => {
    let away = true;
    const { ask, batches } = worked(2, () => (away ? new Error('Connection is closed.') : new Error('odd')));
    const said = await Promise.allSettled([1, 2, 3, 4, 5].map(ask));
    expect(said.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'rejected']);
    expect(batches).toEqual([[1, 2]]);
    away = false;
    await expect(ask(6)).rejects.toThrow('odd');
    expect(batches).toEqual([[1, 2], [6]]);
  });
});
