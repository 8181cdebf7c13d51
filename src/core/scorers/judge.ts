import { z } from 'zod';
import { pairScorer } from '../pairscorer.ts';

const options = z.strictObject({
  mode: z
    .enum(['grade', 'preference'])
    .default('grade')
    .describe('`grade`: how far the answer says the same as the target. `preference`: P(the answer is preferred to the target), asked in both orders.'),
  criteria: z
    .string()
    .max(4_000)
    .default('')
    .describe('What counts, in words for the judge, which does not see the call. Empty: the same facts and conclusions; for `preference`, correct and complete.'),
  grades: z.int().min(2).max(11).default(5).describe('Steps of a grade, the lowest and the highest included.'),
});

type Options = z.output<typeof options>;

/**
 * A model's opinion of the answer. Grades are steps from 0 (nothing in common) to 1 (equivalent). A preference is asked
 * in both orders and averaged, since judges favour a place (Zheng et al. 2023, arXiv 2306.05685); a tie is a half, and
 * so is the unchanged answer.
 */
export const judge = pairScorer<Options>({
  id: 'judge',
  title: "A judge's grade or preference",
  options,
  unit: ({ mode }) => (mode === 'grade' ? 'similarity' : 'probability'),
  kinds: ['grade', 'preference'],
  each: ({ mode }) => (mode === 'grade' ? 1 : 2),
  once: 0,
  candidates: 'nearest',
  // of a preference: how much more probably the unchanged answer is preferred than the other, within [−1, 1]
  moved: (whole, value, { mode }) => (mode === 'grade' ? whole - value : 2 * (whole - value)),
  same: ({ mode }) => (mode === 'grade' ? 1 : 0.5),
  none: () => 0,
  ask: (reference, answer, { mode, criteria, grades }) =>
    mode === 'grade'
      ? [{ kind: 'grade', reference, answer, criteria, grades }]
      : [
          { kind: 'preference', first: answer, second: reference, criteria },
          { kind: 'preference', first: reference, second: answer, criteria },
        ],
  value: ([said = Number.NaN, swapped = Number.NaN], { mode }) => (mode === 'grade' ? said : (said + 1 - swapped) / 2),
});
