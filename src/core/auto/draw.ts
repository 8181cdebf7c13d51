import { key } from '../masks.ts';
import type { Rng } from '../rng.ts';
import { freshHalfMasks } from '../subsets.ts';
import type { Mask } from '../types.ts';
import { gather, scatter, type Player } from './players.ts';

/**
 * `count` half masks over players, each of which comes and goes as one, that differ from one another and from `asked`;
 * fewer when no more are left. No mask of `asked` may tell units of one player apart.
 */
export function drawMasks(n: number, players: readonly Player[], count: number, asked: readonly Mask[], rng: Rng): Mask[] {
  const taken = new Set(asked.map((mask) => key(gather(players, mask))));
  return freshHalfMasks(players.length, count, taken, rng).map((present) => scatter(n, players, present));
}
