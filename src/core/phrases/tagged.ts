import nlp from 'compromise/two';
import type { Token } from './tokens.ts';

/** What the tagger says of the terms in one token. */
export interface Tagged {
  /** Tags of the last term: of a compound, its head. */
  tags: ReadonlySet<string>;
  /** A verb is hidden in a contraction (`it's`, `they'll`). */
  hidesVerb: boolean;
}

/** What the tagger reads at once: its work grows faster than a sentence does. */
export const LONGEST_SENTENCE = 2_000;
/** Longest word that is no encoded data. */
const LONGEST_WORD = 100;

/**
 * Parts of speech of a sentence, one entry per token, by compromise. Its terms are laid on the text by what they and the
 * signs around them take up, and must spell it exactly.
 * @returns null where they do not, or where the sentence is too long for the tagger
 */
export function tagged(sentence: string, tokens: readonly Token[]): Tagged[] | null {
  const hasData = tokens.some((token) => token.end - token.start > LONGEST_WORD && !token.held);
  if (hasData || sentence.length > LONGEST_SENTENCE) return null;
  const result: { tags: ReadonlySet<string>; hidesVerb: boolean }[] = tokens.map(() => ({ tags: new Set(), hidesVerb: false }));
  // the same length, and no line end that would end a sentence for the tagger
  const flat = sentence.replace(/\s/g, ' ');
  let at = 0;
  let current = 0;
  for (const { pre, text, post, tags = new Set<string>() } of nlp(flat).docs.flat()) {
    if (!flat.startsWith(pre + text + post, at)) return null;
    const start = at + pre.length;
    at = start + text.length + post.length;
    // a term without a text is what the contraction before it stands for
    const isHidden = text === '';
    if (!isHidden) while ((tokens[current + 1]?.start ?? Infinity) <= start) current += 1;
    const entry = result[current];
    if (!entry) continue;
    if (!isHidden) entry.tags = tags;
    else if (tags.has('Verb')) entry.hidesVerb = true;
  }
  return at === flat.length ? result : null;
}
