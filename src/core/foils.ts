import { faultAt } from '../errors.ts';
import type { TokenRange } from './weighing.ts';
import { targetTokens } from './targets.ts';
import type { Completion, Target, TokenGrid } from './types.ts';

/*
 * A foil is what the model could have said instead. It stands where the target stands, after the same text; what
 * followed the target is left out, since the target's own value does not depend on it either.
 */

/** @throws ProblemError target_unsupported unless there is one target, with a place in the text */
export function onlyTarget(targets: readonly Target[]): Target {
  const [target] = targets;
  if (!target || targets.length > 1) {
    const message = `a foil stands in the place of one target, and these are ${targets.length}: explain them one by one`;
    throw faultAt('target_unsupported', '/targets', message);
  }
  if (target.end <= target.start) {
    const message = 'this target has no place in the text of the completion, so no foil can stand there';
    throw faultAt('target_unsupported', '/targets/0', message);
  }
  return target;
}

/** A foil as it is weighed: with the whitespace that the target begins with where it has none of its own. */
function fitted(foil: string, target: Target): string {
  const lead = /^\s*/u.exec(target.text)?.[0] ?? '';
  return /^\s/u.test(foil) ? foil : lead + foil;
}

/** The completion up to the target, then the foil. */
export function withFoil(reference: Completion, target: Target, foil: string): Completion {
  return { text: reference.text.slice(0, target.start) + fitted(foil, target), toolCalls: [], finishReason: null };
}

/** @throws ProblemError validation_failed when the foil says what the target says */
export function refuseSame(foil: string, target: Target): void {
  if (fitted(foil, target) !== target.text) return;
  throw faultAt('validation_failed', '/scorer/options/foil', 'is what the completion says: a foil is something else that it could have said');
}

/** The last border at or before `start` that both cuts have; the text's start is one of every cut. */
function commonBorder(a: TokenGrid, b: TokenGrid, start: number): number {
  const borders = new Set(b.ends);
  return a.ends.findLast((end) => end <= start && borders.has(end)) ?? 0;
}

/**
 * Tokens of a target and of its foil that are to be compared: from the last common border on. Where the target begins
 * inside a token, or the foil changes how the text before it is cut, both sides then hold the same text more, so their
 * difference is that of target and foil all the same.
 * @param length of the text that ends in the foil
 */
export function facingTokens(target: Target, grid: TokenGrid, other: TokenGrid, length: number): { own: TokenRange; foil: TokenRange } {
  const start = commonBorder(grid, other, target.start);
  const tokens = (end: number, cut: TokenGrid) => targetTokens({ ...target, spec: { kind: 'span', start, end }, start, end }, cut);
  return { own: tokens(target.end, grid), foil: tokens(length, other) };
}
