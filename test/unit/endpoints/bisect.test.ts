import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendAround, sendHalves } from '../../../src/endpoints/bisect.ts';

/** A server that refuses lists that hold a bad member, and lists that are too long. */
function server(bad: ReadonlySet<number>, longest = Infinity) {
  const sent: (readonly number[])[] = [];
  const answered: number[] = [];
  const failed: number[] = [];
  const send = async (part: readonly number[]): Promise<boolean> => {
    sent.push(part);
    const taken = part.length <= longest && !part.some((each) => bad.has(each));
    if (taken) answered.push(...part);
    else if (part.length === 1) failed.push(...part);
    return taken;
  };
  return { send, sent, answered, failed };
}

const list = (size: number) => Array.from({ length: size }, (_, index) => index);

describe('a refused list', () => {
  it('with one member at fault takes at most ⌈log2 n⌉ requests more than knowing which one it is', async () => {
    for (let size = 2; size <= 70; size += 1) {
      for (let bad = 0; bad < size; bad += 1) {
        const { send, sent, answered, failed } = server(new Set([bad]));
        await sendAround(list(size), send);
        expect(failed).toEqual([bad]);
        expect(answered.toSorted((a, b) => a - b)).toEqual(list(size).filter((each) => each !== bad));
        expect(sent.length - 2, `${bad} of ${size}`).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
      }
    }
  });

  it.each([['around', sendAround], ['by halves', sendHalves]] as const)(
    'sent %s, whoever is at fault: each is answered once or refused alone once',
    async (_, way) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 2, max: 40 }),
          fc.uniqueArray(fc.nat({ max: 39 })),
          fc.integer({ min: 1, max: 40 }),
          async (size, bad, longest) => {
            const all = list(size);
            const { send, sent, answered, failed } = server(new Set(bad), longest);
            await way(all, send);
            expect(failed.toSorted((a, b) => a - b)).toEqual(all.filter((each) => bad.includes(each)));
            expect(answered.toSorted((a, b) => a - b)).toEqual(all.filter((each) => !bad.includes(each)));
            expect(sent.length).toBeLessThanOrEqual(2 * size + Math.ceil(Math.log2(size)) + 2);
          },
        ),
      );
    },
  );
});
