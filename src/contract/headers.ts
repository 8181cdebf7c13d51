import { z } from 'zod';
import { faultAt } from '../errors.ts';

/** Longest `Prefer: wait=N`, in seconds. */
export const MAX_WAIT_SECONDS = 60;

const pref = z.string().max(1_000).optional();

/** Request headers of POST /v1/explanations that the service reads; others pass. */
export const submitHeadersSchema = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, 'must be 1 to 255 printable ASCII characters')
    .optional()
    .describe('The same key with the same body gives the same job back; with another body it is refused.'),
  prefer: pref.describe(
    `\`wait=N\` holds the reply until the job has ended or N seconds have passed; N is 0 to ${MAX_WAIT_SECONDS}.`,
  ),
});

/** Request headers of POST /v1/endpoints/{name}/probe. */
export const probeHeadersSchema = z.looseObject({
  prefer: pref.describe(`\`wait=N\` holds the reply until the probe has ended or N seconds have passed; N is 0 to ${MAX_WAIT_SECONDS}.`),
});

/** Request headers of GET /v1/explanations/{id}. */
export const readHeadersSchema = z.looseObject({
  'if-none-match': z.string().max(10_000).optional().describe('An ETag seen before: 304 when nothing has changed since.'),
});

/** Request headers of GET /v1/explanations/{id}/events. */
export const eventsHeadersSchema = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^(\d{1,20}-\d{1,20})?$/, 'must be the id of an event of this stream')
    .optional()
    .describe('The last event seen: the stream goes on after it.'),
});

/** Request headers of GET /v1/explanations/{id}/evaluations. */
export const evaluationsHeadersSchema = z.looseObject({
  accept: z.string().max(10_000).optional().describe('`application/json` (the default) or `text/csv`.'),
});

/** Request headers of GET /v1/explanations/{id}/report. */
export const reportHeadersSchema = z.looseObject({
  accept: z.string().max(10_000).optional().describe('`text/html` (the default) or `text/markdown`.'),
});

/** Cuts a header list at the separator, but not inside a quoted string (RFC 9110 section 5.6). */
function pieces(list: string, separator: ',' | ';'): string[] {
  const found: string[] = [''];
  let quoted = false;
  for (let at = 0; at < list.length; at += 1) {
    const character = list.charAt(at);
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) found.push('');
    else found[found.length - 1] += character === '\\' && quoted ? character + list.charAt((at += 1)) : character;
  }
  return found.map((piece) => piece.trim()).filter((piece) => piece !== '');
}

/**
 * Seconds asked for by `Prefer: wait=N` (RFC 7240 section 4.3), null when there is no such preference. Preferences of
 * other names are left alone, as the RFC asks; of two `wait` the first counts.
 * @throws ProblemError validation_failed when N is not a whole number from 0 to MAX_WAIT_SECONDS
 */
export function waitSeconds(prefer: string | undefined): number | null {
  for (const preference of pieces(prefer ?? '', ',')) {
    const [name = '', ...rest] = (pieces(preference, ';')[0] ?? '').split('=');
    if (name.trim().toLowerCase() !== 'wait') continue;
    const value = rest
      .join('=')
      .trim()
      .replace(/^"(.*)"$/, '$1');
    if (!/^\d{1,3}$/.test(value) || Number(value) > MAX_WAIT_SECONDS) {
      throw faultAt('validation_failed', '/prefer', `the header Prefer must have wait=N with N from 0 to ${MAX_WAIT_SECONDS}`);
    }
    return Number(value);
  }
  return null;
}

/** The strong entity tag of an explanation: its bytes follow from its id and revision alone. */
export function etagOf(id: string, revision: number): string {
  return `"${id}-${revision}"`;
}

/** Whether `If-None-Match` names the tag (RFC 9110 section 13.1.2, weak comparison). */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && pieces(ifNoneMatch, ',').some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

interface Range {
  type: string;
  quality: number;
}

function rangeOf(piece: string): Range {
  const [type = '', ...parameters] = pieces(piece, ';');
  const q = parameters.map((parameter) => /^q=([01](?:\.\d{0,3})?)$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
  return { type: type.toLowerCase(), quality: q === undefined ? 1 : Math.min(1, Number(q)) };
}

/** The most exact range that covers the type says how much it is wanted (RFC 9110 section 12.5.1). */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const covering = [type, `${type.split('/')[0]}/*`, '*/*'];
  for (const cover of covering) {
    const range = ranges.find((candidate) => candidate.type === cover);
    if (range) return range.quality;
  }
  return 0;
}

/** The offer that `Accept` wants most, the earlier one among equals; null when it wants none of them. */
export function negotiate<T extends string>(accept: string | undefined, offers: readonly T[]): T | null {
  const ranges = pieces(accept ?? '', ',').map(rangeOf);
  if (ranges.length === 0) return offers[0] ?? null;
  const best = offers.toSorted((a, b) => qualityOf(b, ranges) - qualityOf(a, ranges))[0];
  return best !== undefined && qualityOf(best, ranges) > 0 ? best : null;
}
