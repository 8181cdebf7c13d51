import { type ProblemCode, ProblemError } from '../errors.ts';
import type { Failed } from '../service/ports.ts';
import type { Fault } from './http/fault.ts';

function codeOf(fault: Fault): ProblemCode {
  if (fault.forbidden) return 'address_forbidden';
  if (fault.refusesAll || fault.refusesRequest) return 'endpoint_refused';
  if (fault.kind === 'timeout') return 'endpoint_timeout';
  return fault.kind === 'malformed' ? 'endpoint_malformed' : 'endpoint_unreachable';
}

export const NOTHING_KNOWN = ' (it knows no such model or route)';

function hintFor(fault: Fault): string {
  if (fault.spent) return ' (its owner has no credit left there)';
  if (fault.status === 404) return NOTHING_KNOWN;
  return fault.refusesAll ? ' (the key is not accepted for this)' : '';
}

/** The problem that a fault is where no item can carry it: nothing else can be asked either. */
export function problemOf(fault: Fault): ProblemError {
  return new ProblemError(codeOf(fault), fault.reason + hintFor(fault), { cause: fault });
}

export function failed(fault: Fault): Failed {
  return { kind: 'failed', reason: fault.reason };
}
