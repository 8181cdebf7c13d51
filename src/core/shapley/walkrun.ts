import type { Game, Run } from '../types.ts';
import { askInRounds } from './batches.ts';
import { coalitionCount } from './coalitions.ts';
import { exactRun } from './exactrun.ts';
import { randomOrder } from './groups.ts';
import { walkMeans } from './walkmeans.ts';
import { drawWalks } from './walks.ts';

/**
 * Means over random orders and their reverses, as many as pass no more than `size` masks. Where that holds every mask
 * that any order passes, all orders count alike: the exact values.
 */
export function* walkRun(game: Game, groups: readonly (readonly number[])[], size: number, confidence: number): Run {
  if (coalitionCount(groups) <= size) return yield* exactRun(game, groups);
  const { n, columns, rng } = game;
  // Sharing lets a small game walk on for long after most of its masks are known; four times the plain number is enough.
  const most = 4 * Math.ceil(size / (2 * (n - 1)));
  const { masks, walks } = drawWalks(n, () => randomOrder(groups, rng), { masks: size, walks: most });
  const values = yield* askInRounds(masks, (soFar) => walkMeans(n, walks, soFar, columns, confidence));
  return { attributions: walkMeans(n, walks, values, columns, confidence), stopped: 'done' };
}
