import type { Class } from './classes.ts';
import { type Gaps, STOP } from './gaps.ts';
import { signsCut } from './signs.ts';
import type { Token } from './tokens.ts';

/**
 * What the phrase has had so far: nothing or words that lead on (`open`), a subject pronoun, what stands before a noun
 * (`pre`), a noun, a verb.
 */
type State = 'open' | 'pronoun' | 'pre' | 'noun' | 'verb';

/** How far an adjective is looked for its noun. */
const AHEAD = 8;
const SEMI_MODAL = new Set('going have has had having used ought need needs needed able about supposed got'.split(' '));
/** Adjectives that follow their measure: two years old. */
const MEASURED = new Set('old long high tall wide deep thick away ago later earlier'.split(' '));

/** Whether what begins at `from` is adjectives and adverbs that lead to a noun. */
function leadsToNoun(classes: readonly Class[], tokens: readonly Token[], from: number): boolean {
  for (let i = from; i < Math.min(classes.length, from + AHEAD); i += 1) {
    const kind = classes[i];
    if (kind === 'N' || kind === 'M' || kind === 'G') return true;
    const next = classes[i + 1];
    const joins = kind === 'C' && (next === 'J' || next === 'R');
    if (kind !== 'J' && kind !== 'R' && kind !== '#' && !joins && !(kind === 'V' && i > from)) return false;
    const after = tokens[i]?.after ?? '';
    if (/[;:!?()]/.test(after) || (after.includes(',') && next !== 'J')) return false;
  }
  return false;
}

interface Step {
  cut: boolean;
  state: State;
}

const cut = (state: State): Step => ({ cut: true, state });
const go = (state: State): Step => ({ cut: false, state });
const unless = (condition: boolean, state: State): Step => ({ cut: !condition, state });

/** One token: whether a phrase begins with it, and what the phrase has had then. */
function step(state: State, i: number, classes: readonly Class[], tokens: readonly Token[]): Step {
  const kind = classes[i] ?? 'N';
  const prev = classes[i - 1];
  const next = classes[i + 1];
  const isOpen = state === 'open';
  switch (kind) {
    case '-':
      return go(state);
    case 'C':
      if (prev === 'J' && (next === 'J' || next === 'R')) return go(state);
      if ((prev === '#' && next === '#') || (prev === 'R' && next === 'R')) return go(state);
      return unless(isOpen, 'open');
    case 'P':
    case 'S':
      return unless(isOpen, 'open');
    case 'Q':
      return unless(isOpen, 'verb');
    case 'T':
      return unless(isOpen || SEMI_MODAL.has(tokens[i - 1]?.key ?? ''), 'verb');
    case 'A':
      return unless(isOpen, 'noun');
    case 'D':
      return unless(isOpen || state === 'pre', 'pre');
    case 'I':
      return unless(isOpen, 'verb');
    case 'G':
      return unless(state !== 'verb' && state !== 'pronoun', 'pre');
    case 'M':
      return state === 'verb' || state === 'pronoun' ? cut('verb') : go('verb');
    case 'O': {
      const isObject = state === 'verb' && (prev === 'X' || (next !== 'V' && next !== 'X' && next !== 'R'));
      if (isObject) return go('verb');
      const isSubject = next === 'V' || next === 'X' || next === 'R';
      return unless(isOpen, isSubject ? 'pronoun' : 'noun');
    }
    case 'X':
      return unless(state !== 'noun' && state !== 'pre', 'verb');
    case 'V':
      if (state === 'pre') return go(next === 'N' || next === 'J' ? 'pre' : 'noun');
      return unless(state !== 'noun', 'verb');
    case 'R':
      if (state === 'pre' || isOpen || (prev === 'X' && tokens[i]?.key === 'not')) return go(state);
      if (leadsToNoun(classes, tokens, i + 1)) return cut('pre');
      if (state === 'verb' || state === 'pronoun') return go(state);
      return next === 'V' || next === 'X' || next === 'J' ? cut('open') : go(state);
    case '#':
      if (state === 'noun' && next !== 'N' && next !== 'J') return go('noun');
      if (prev === 'X' && next !== 'N' && next !== 'J') return go('verb');
      return unless(isOpen || state === 'pre', 'pre');
    case 'J':
      if (state === 'noun' && MEASURED.has(tokens[i]?.key ?? '')) return go('noun');
      if (state === 'verb' && !leadsToNoun(classes, tokens, i)) return go('verb');
      return unless(isOpen || state === 'pre', 'pre');
    case 'N':
      return unless(state !== 'verb' && state !== 'pronoun', 'noun');
  }
}

/** A comma between adjectives of one noun parts nothing: a big, very old house. */
function isListed(state: State, i: number, classes: readonly Class[], tokens: readonly Token[]): boolean {
  const isListable = classes[i - 1] === 'J' && (classes[i] === 'J' || classes[i] === 'R');
  return state === 'pre' && isListable && leadsToNoun(classes, tokens, i);
}

function weightOf(kind: Class, prev: Class | undefined): number {
  if (kind === 'P' || kind === 'C' || kind === 'S') return 3;
  if (kind === '-' || prev === 'D' || prev === 'P') return 0;
  if (kind === 'T' || kind === 'D' || (prev === 'V' && kind !== 'R')) return 2;
  return prev === 'N' && kind === 'N' ? 0.5 : 1;
}

/** Noun, verb and prepositional groups of an English sentence, in one pass over the classes of its tokens. */
export function englishGaps(tokens: readonly Token[], classes: readonly Class[]): Gaps {
  const cuts = tokens.map(() => false);
  const weights = tokens.map(() => 1);
  let state: State = 'open';
  for (const [i, token] of tokens.entries()) {
    const prev = tokens[i - 1];
    const kind = classes[i] ?? 'N';
    const signs = prev && kind !== 'C' ? signsCut(prev, token) : prev && signsCut(prev, { ...token, words: 1 });
    const isListedHere = signs === true && (prev?.after ?? '') === ',' && isListed(state, i, classes, tokens);
    const taken: Step = step(signs === true && !isListedHere ? 'open' : state, i, classes, tokens);
    if (prev) {
      cuts[i] = isListedHere ? false : (signs ?? taken.cut);
      weights[i] = signs === true ? STOP : signs === false ? 0 : weightOf(kind, classes[i - 1]);
    }
    state = taken.state;
  }
  return { cuts, weights };
}
