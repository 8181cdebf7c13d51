import { z } from 'zod';
import { pairScorer } from '../pairscorer.ts';

const options = z.strictObject({
  symmetric: z.boolean().default(true).describe('Asks in both directions and takes the mean. false: whether the answer contradicts the target.'),
});

/**
 * Whether the answer contradicts what the target says: 1 − P(contradiction), so that its value drops like that of every
 * other scorer; the score `contradiction` of CELL (arXiv 2406.11785). An answer that is about something else keeps its value.
 */
export const contradiction = pairScorer<z.output<typeof options>>({
  id: 'contradiction',
  title: 'No contradiction between the target and the answer',
  options,
  unit: () => 'probability',
  kinds: ['contradiction'],
  each: ({ symmetric }) => (symmetric ? 2 : 1),
  once: 0,
  candidates: 'nearest',
  same: () => 1,
  none: () => 1,
  ask: (reference, answer, { symmetric }) => [
    { kind: 'contradiction', premise: reference, hypothesis: answer },
    ...(symmetric ? [{ kind: 'contradiction', premise: answer, hypothesis: reference } as const] : []),
  ],
  value: (said) => 1 - said.reduce((sum, each) => sum + each, 0) / said.length,
});
