import { createHash } from 'node:crypto';
import type { Completion, Consultation, TokenGrid } from '../core/types.ts';
import type { Inquiry, Rung } from './ports.ts';

/** How the endpoint is asked: weigh a given completion on one of its rungs, show what an answer begins with, or answer again. */
export type Question = { kind: 'weigh'; completion: Completion; grid: TokenGrid; rung?: Rung } | { kind: 'open' } | { kind: 'generate' };

/**
 * Content address of an evaluation: owner, endpoint, how it is asked, and the rendered call with model and parameters.
 * The owner is in it so that nobody learns from a cache hit what another has asked. Every further sample of an answer has
 * an address of its own.
 */
export function cacheKey(owner: string, identity: string, question: Question, call: string, sample = 0): string {
  // what is measured only in part must not pass for the whole of it
  const how = question.kind === 'weigh' && question.rung === 'aligned_top_logprobs' ? 'follow' : question.kind;
  const asked = question.kind === 'weigh' ? [how, question.completion.text, question.grid.ends.join()] : [how];
  return address(['1', owner, identity, ...asked, call, ...(sample > 0 ? [`sample ${sample}`] : [])]);
}

/** Address of the token grid of a completion as the answer to a call. */
export function gridKey(owner: string, identity: string, completion: Completion, call: string, rung: Rung): string {
  return address(['1', owner, identity, rung === 'aligned_top_logprobs' ? 'followed grid' : 'grid', completion.text, call]);
}

function spelled(fields: object): string {
  return JSON.stringify(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Address of what somebody said to an inquiry. @param identity of whoever is asked, for this kind */
export function inquiryKey(owner: string, identity: string, inquiry: Inquiry): string {
  return address(['1', owner, 'inquiry', identity, spelled(inquiry)]);
}

/** Name of a consultation within its job: its texts stand in the job's answers already. */
export function adviceKey(consultation: Consultation): string {
  return address(['1', spelled(consultation)]).slice(0, 22);
}

function address(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('base64url');
}
