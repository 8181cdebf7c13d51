import { createHash } from 'node:crypto';
import type { Completion, TokenGrid } from '../core/types.ts';

/** How the endpoint is asked: weigh a given completion, or answer again. */
export type Question = { kind: 'weigh'; completion: Completion; grid: TokenGrid } | { kind: 'generate' };

/**
 * Content address of an evaluation: owner, endpoint, how it is asked, and the rendered call with model and parameters.
 * The owner is in it so that nobody learns from a cache hit what another has asked.
 */
export function cacheKey(owner: string, identity: string, question: Question, call: string): string {
  const hash = createHash('sha256');
  const asked = question.kind === 'weigh' ? ['weigh', question.completion.text, question.grid.ends.join()] : ['generate'];
  for (const part of ['1', owner, identity, ...asked, call]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('base64url');
}
