import type { Opening } from '../types.ts';
import { spelling, tokenSpelling } from './spelling.ts';

/** Labels of one side, by how the unperturbed call spells their first tokens. */
export interface Side {
  /** Spelling of each label, and of its first token where the unperturbed call shows it. */
  labels: readonly { whole: string; first: string | null }[];
}

/** The longest token that a label begins with; null where none of these is one. */
function firstToken(label: string, spellings: ReadonlySet<string>): string | null {
  let longest: string | null = null;
  for (const token of spellings) if (label.startsWith(token) && token.length > (longest?.length ?? 0)) longest = token;
  return longest;
}

/** Spellings of the tokens of an opening. */
function spellingsOf(top: readonly Opening[]): Set<string> {
  return new Set(top.map(({ token }) => tokenSpelling(token)).filter((each) => each !== null));
}

/**
 * The labels of a side. A tokenizer may cut a label into several tokens; its first one is the longest that the label
 * begins with among those the model thinks of when nothing is taken away.
 */
export function sideOf(labels: readonly string[], opening: readonly Opening[]): Side {
  const spellings = spellingsOf(opening);
  return { labels: labels.map(spelling).map((whole) => ({ whole, first: firstToken(whole, spellings) })) };
}

/** First tokens that are known of a side. */
export function knownTokens({ labels }: Side): Set<string> {
  return new Set(labels.map(({ first }) => first).filter((first) => first !== null));
}

const ASCII_WORD = /[0-9A-Za-z]/;

/** Labels whose first token ends inside a word, so that other words may begin with it too. Bytes above ASCII are letters. */
export function cutLabels({ labels }: Side): number {
  const isLetter = (character: string) => ASCII_WORD.test(character) || character > '\u007f';
  const isCut = (whole: string, at: number) => isLetter(whole.charAt(at - 1)) && isLetter(whole.charAt(at));
  return labels.filter(({ whole, first }) => first !== null && isCut(whole, first.length)).length;
}

/**
 * Which of an opening's tokens stand for a side. A label whose first token is not known takes the longest that it begins
 * with here, unless that one stands, or would stand, for the other side.
 */
export function tokensFor(side: Side, other: Side | null, top: readonly Opening[]): Set<string> {
  const spellings = spellingsOf(top);
  const guesses = (of: Side) => of.labels.filter(({ first }) => first === null).map(({ whole }) => firstToken(whole, spellings));
  const taken = new Set<string | null>(other ? [...knownTokens(other), ...guesses(other)] : []);
  const tokens = knownTokens(side);
  for (const guess of guesses(side)) if (guess !== null && !taken.has(guess)) tokens.add(guess);
  return tokens;
}
