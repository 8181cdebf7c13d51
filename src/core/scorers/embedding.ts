import { z } from 'zod';
import { pairScorer } from '../pairscorer.ts';

/**
 * How close the answer is in meaning: the cosine of the two texts' embeddings by the endpoint's `embedding_model`.
 * Symmetric; 1 for the same text. Embeddings of unlike texts seldom reach 0, so only differences count.
 */
export const embedding = pairScorer({
  id: 'embedding',
  title: 'Cosine of embeddings',
  options: z.strictObject({}),
  unit: () => 'similarity',
  kinds: ['similarity'],
  each: () => 1,
  once: 1,
  candidates: 'all',
  same: () => 1,
  none: () => 0,
  ask: (first, second) => [{ kind: 'similarity', first, second }],
  value: ([cosine = Number.NaN]) => cosine,
});
