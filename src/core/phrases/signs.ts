import { goesOn } from '../abbreviations.ts';
import type { Token } from './tokens.ts';

/*
 * What punctuation says about a gap between two tokens, in every language: signs go with what precedes them, what opens
 * goes with what follows.
 */

const BREAKS = /[,;:!?…،؛؟、。，．；：！？।—–|→⇒•]|\.{2,}|^-+$/u;
const OPENS_BRACKET = /[([{（［【]/;
const CLOSES_BRACKET = /[)\]}）］】]/;
const OPENS_QUOTE = /["“„«「『《〈¿¡]/;
const CLOSES_QUOTE = /["”»」』》〉]/;
const OPENING_ONLY = /^[\p{Ps}\p{Pi}"„¿¡]+$/u;

const JSON_KEY = /["}\]]:$/;
const NO_ABBREVIATIONS: ReadonlySet<string> = new Set();

/** A full stop inside what the `sentence` segmenter takes for one sentence, because a small letter follows. */
function stops(prev: Token, next: Token): boolean {
  if (!/^[^.]*\.[^.]*$/.test(prev.after) || !/^\p{L}{3,}$/u.test(prev.key)) return false;
  return !goesOn(`${prev.key}.`, next.before + next.key, NO_ABBREVIATIONS);
}

function closes(token: Token): boolean {
  if (CLOSES_BRACKET.test(token.after)) return OPENS_BRACKET.test(token.before) || !OPENS_BRACKET.test(token.key + token.after);
  return !token.held && CLOSES_QUOTE.test(token.after) && !OPENS_QUOTE.test(token.before);
}

function opens(token: Token): boolean {
  if (OPENS_BRACKET.test(token.before)) return true;
  return !token.held && OPENS_QUOTE.test(token.before) && !CLOSES_QUOTE.test(token.after);
}

/** A choice that is counted: (A), (2), (iv). */
function isLabel({ before, key, after }: Token): boolean {
  return before === '(' && after === ')' && /^(?:[a-z]|\d{1,2}|[ivx]{1,4})$/.test(key);
}

/** How many tokens of a sentence only mark it, and so belong to what follows: `- `, `## 3.`, `[2]`, `(a)`. */
export function markersOf(tokens: readonly Token[]): number {
  const isMarker = (token: Token): boolean =>
    token.words === 0 || isLabel(token) || (/^(?:\d{1,3}|[a-z])$/.test(token.key) && /^(?:[.)\]]|\.\))$/.test(token.after));
  const first = tokens.findIndex((token) => !isMarker(token));
  return first < 0 ? tokens.length - 1 : first;
}

/** Whether a phrase must end (`true`), must go on (`false`) between two neighbours, or words decide (`null`). */
export function signsCut(prev: Token, next: Token): boolean | null {
  if (prev.words === 0 && OPENING_ONLY.test(prev.after)) return false;
  if (next.words === 0) return OPENING_ONLY.test(next.after) && next.start > prev.end;
  if (JSON_KEY.test(prev.after)) return opens(next) && next.before.length > 1;
  if (isLabel(prev)) return false;
  if (BREAKS.test(prev.after) || closes(prev) || stops(prev, next)) return true;
  return opens(next) ? true : null;
}
