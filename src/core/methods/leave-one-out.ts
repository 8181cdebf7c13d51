import { z } from 'zod';
import { full, without } from '../masks.ts';
import type { Method } from '../types.ts';

const options = z.strictObject({});

/** φ_i = v(1) − v(1−i). */
export const leaveOneOut: Method<z.output<typeof options>> = {
  id: 'leave-one-out',
  title: 'Leave one out',
  options,
  evaluations: (n) => n + 1,
  *run({ n, columns }) {
    const values = yield { masks: [full(n), ...Array.from({ length: n }, (_, i) => without(n, i))] };
    const at = (row: number, column: number) => values[row]?.[column] ?? NaN;
    return {
      attributions: Array.from({ length: columns }, (_, column) => ({
        scores: Float64Array.from({ length: n }, (__, i) => at(0, column) - at(i + 1, column)),
        intercept: at(0, column),
      })),
      stopped: 'done',
    };
  },
};
