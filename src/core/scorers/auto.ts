import { words } from '../text/words.ts';
import type { Completion, Feed, Target } from '../types.ts';

/** What is to be scored, and how much there is to score it by. */
export interface Explained {
  reference: Completion;
  targets: readonly Target[];
  /** Alternatives of the first token that the endpoint shows. */
  opening: number;
  /** Whether likelihoods are measured to the completion's end, and not for as long as the endpoint gives it again. */
  exact: boolean;
}

interface Candidate {
  /** Of a registered scorer. */
  id: string;
  /** All of it is needed. */
  needs: readonly Feed[];
  /** Left out: it fits everything. */
  fits?: (explained: Explained) => boolean;
}

/** Fewer alternatives leave most labels unseen as soon as something is taken away. */
const LEAST_SHOWN = 5;
const MOST_WORDS = 3;
/** Longer answers are soon put otherwise, and what comes after that is not seen. */
const FOLLOWED_WORDS = 24;
/** Shorter first words (articles, "I", "No") begin answers of many kinds. */
const TELLING = 4;

/** Whether an answer is a label that its first token tells: one line of at most three words, explained as a whole. */
function isLabel({ reference, targets, opening }: Explained): boolean {
  const text = reference.text.trim();
  if (opening < LEAST_SHOWN || text.includes('\n') || !targets.every(({ spec }) => spec.kind === 'completion')) return false;
  const count = words(text, { ignoreCase: false, ignorePunctuation: true }).length;
  const [first = '', ...others] = text.split(/\s+/u);
  return count > 0 && count <= MOST_WORDS && (others.length === 0 || first.length >= TELLING);
}

/** Whether an answer is short enough to be followed, and enough is shown of the token in which it is put otherwise. */
function canBeFollowed({ reference, opening }: Explained): boolean {
  return opening >= LEAST_SHOWN && words(reference.text, { ignoreCase: false, ignorePunctuation: true }).length <= FOLLOWED_WORDS;
}

/**
 * What `auto` stands for, the best first: log-likelihood sees changes long before another answer is given, and so does
 * the first token of a label; likelihood of an answer that is followed sees as much up to where it is put otherwise, for
 * the price of that answer; embeddings know a paraphrase; chrF grades answers of any length and language and needs
 * nobody.
 */
const CANDIDATES: readonly Candidate[] = [
  { id: 'log-likelihood', needs: ['likelihood'], fits: ({ exact }) => exact },
  { id: 'first-token', needs: ['opening'], fits: isLabel },
  { id: 'log-likelihood', needs: ['likelihood'], fits: canBeFollowed },
  { id: 'embedding', needs: ['text', 'similarity'] },
  { id: 'chrf', needs: ['text'] },
];

/** Targets that name what of an answer counts. */
const NAMED: ReadonlySet<string> = new Set(['match', 'json', 'tool_call']);

/** Whether an answer is so short that every other one is another answer. */
function isShort({ reference, targets }: Explained): boolean {
  const text = reference.text.trim();
  const count = words(text, { ignoreCase: false, ignorePunctuation: true }).length;
  return count <= MOST_WORDS && !text.includes('\n') && targets.every(({ spec }) => spec.kind === 'completion');
}

/**
 * What `auto` stands for where answers are to be told apart: a label, a field or a tool call flips; of longer answers
 * somebody says whether they still say the same, or else their characters do. A likelihood may drop without another answer.
 */
const APART: readonly Candidate[] = [
  { id: 'match', needs: ['text'], fits: ({ targets }) => targets.every(({ spec }) => NAMED.has(spec.kind)) },
  { id: 'exact', needs: ['text'], fits: isShort },
  { id: 'nli', needs: ['text', 'entailment'] },
  { id: 'chrf', needs: ['text'] },
];

/**
 * The first candidate that can be fed and fits; before the completion is known, only what fits everything.
 * @param apart whether it is to tell answers apart, as a search for edits must, or to grade them
 * @returns the id of a registered scorer
 */
export function chooseScorer(feeds: ReadonlySet<Feed>, explained: Explained | null, apart = false): string {
  const usable = (apart ? APART : CANDIDATES).filter(({ needs }) => needs.every((need) => feeds.has(need)));
  return usable.find(({ fits }) => !fits || (explained !== null && fits(explained)))?.id ?? 'chrf';
}
