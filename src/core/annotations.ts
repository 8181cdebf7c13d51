import { type ProblemError, faultAt } from '../errors.ts';

/*
 * `explain` and `label` are this service's own fields on messages, content parts, tools and input items. They say how a
 * text is cut, and are taken off before anything is sent.
 */

export type Explain = 'whole' | 'split' | 'fixed';

/** What an object says of itself; null = nothing. */
export interface Annotation {
  explain: Explain | null;
  label: string | null;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON pointer (RFC 6901) into the request, for keys that need no escape. */
function pointerTo(path: readonly (string | number)[]): string {
  return ['/call', ...path].join('/');
}

export function unsupported(path: readonly (string | number)[], message: string): ProblemError {
  return faultAt('unsupported_call', pointerTo(path), message);
}

/** @throws ProblemError validation_failed where the contract's schema did not look (it passes unknown fields through) */
export function annotationOf(fields: Fields, path: readonly (string | number)[]): Annotation {
  const { explain, label } = fields;
  if (explain !== undefined && explain !== 'whole' && explain !== 'split' && explain !== 'fixed') {
    throw faultAt('validation_failed', pointerTo([...path, 'explain']), 'must be "whole", "split" or "fixed"');
  }
  if (label !== undefined && typeof label !== 'string') {
    throw faultAt('validation_failed', pointerTo([...path, 'label']), 'must be a string');
  }
  return { explain: explain ?? null, label: label ?? null };
}

/** The object without its annotations; the same object where it has none. */
export function bare(fields: Fields): Fields {
  if (!('explain' in fields) && !('label' in fields)) return fields;
  const { explain: _, label: __, ...rest } = fields;
  return rest;
}
