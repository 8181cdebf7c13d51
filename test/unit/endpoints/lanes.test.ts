import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inLanes } from '../../../src/endpoints/ways/forcing/lanes.ts';

const count = (max: number) => fc.integer({ min: 1, max });

describe('lanes', () => {
  it('hold every item once, in order, in no more runs than there are slots or requests at once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), count(12), fc.boolean(), count(12), count(9), (items, slots, kept, concurrency, maxBatch) => {
        const lanes = inLanes(items, { count: slots, kept }, concurrency, maxBatch);
        expect(lanes.flatMap(({ batches }) => batches.flat())).toEqual(items);
        expect(lanes.length).toBeLessThanOrEqual(Math.min(slots, concurrency));
        const sizes = lanes.map(({ batches }) => batches.flat().length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(lanes.every(({ batches }) => batches.every((batch) => batch.length > 0 && batch.length <= (kept ? maxBatch : 1)))).toBe(true);
        expect(lanes.map(({ slot }) => slot)).toEqual(lanes.map((_, index) => (kept ? index : null)));
      }),
    );
  });
});
