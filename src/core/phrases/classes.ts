import type { Tagged } from './tagged.ts';
import type { Token } from './tokens.ts';

/**
 * What a token does in a phrase: `P` preposition, `C` coordinator, `S` subordinator or question word, `T` to before an
 * infinitive, `D` determiner, `J` adjective, `#` number, `N` noun, `O` pronoun, `V` verb, `X` auxiliary, `R` adverb,
 * `A` adverb of time that stands alone (today), `I` pronoun with its verb (it's), `Q` question word with its verb (who's),
 * `M` noun with its verb (the dog's running), `G` genitive (the dog's tail), `-` signs alone.
 */
export type Class = 'P' | 'C' | 'S' | 'T' | 'D' | 'J' | '#' | 'N' | 'O' | 'V' | 'X' | 'R' | 'A' | 'I' | 'Q' | 'M' | 'G' | '-';

const list = (words: string): readonly string[] => words.split(' ');

/** Words whose class does not depend on a tagger. */
const CLOSED: ReadonlyMap<string, Class> = new Map<string, Class>(
  (
    [
      ['P', 'of in on at by for with from into onto over under between among amongst through throughout during'],
      ['P', 'before after about above'],
      ['P', 'below against without within toward towards across behind beyond beside besides near since until'],
      ['P', 'till upon via per despite'],
      ['P', 'except like as than around along inside outside off out up down according regarding concerning'],
      ['P', 'instead because unlike amid'],
      ['C', 'and or but nor & and/or'],
      ['S', 'if when while although though unless whether where who whom whose which what why how whereas'],
      ['S', 'whenever wherever whatever'],
      ['S', 'that whoever whichever lest'],
      ['D', 'the a an my your his its our their no every this these those another'],
      ['O', 'i he she it we they you me him us them myself yourself himself herself itself ourselves yourselves'],
      ['O', 'themselves'],
      ['O', 'someone somebody something anyone anybody anything everyone everybody everything nobody nothing mine'],
      ['O', 'yours hers ours theirs'],
      ['X', "am is are was were be been being 'm 're have has had do does did will would shall should can could"],
      ['X', "may might must cannot"],
      ['R', 'not never also just very too quite rather only even still already always often please then else'],
      ['A', 'today yesterday tomorrow tonight now'],
    ] as const
  ).flatMap(([kind, words]) => list(words).map((word) => [word, kind] as const)),
);
/** Words that close a verb (write down the reasons) far more often than they lead to a place, and those that may. */
const CLOSING = new Set(list('up down out off away back'));
const PARTICLES = new Set(list('on over in around along through about'));
const DEMONSTRATIVES = new Set(list('this these those all some any each both many few most none another'));
const PRONOUN_VERB = /^(?:i|you|he|she|it|we|they|that|there|here|this|let)'(?:m|s|re|ve|ll|d)(?:n't)?$/;
const QUESTION_VERB = /^(?:who|what|where|when|why|how|which)'(?:s|re|ve|ll|d)$/;
const NEGATED = /n't$|^cannot$/;

const NOMINAL: ReadonlySet<Class> = new Set<Class>(['D', 'J', '#', 'N', 'O']);
const OPEN: readonly (readonly [tag: string, kind: Class])[] = [
  ['Negative', 'R'],
  ['Possessive', 'G'],
  ['Modal', 'X'],
  ['Auxiliary', 'V'],
  ['Particle', 'R'],
  ['Verb', 'V'],
  ['Pronoun', 'O'],
  ['QuestionWord', 'S'],
  ['Value', '#'],
  ['Noun', 'N'],
  ['Adjective', 'J'],
  ['Adverb', 'R'],
  ['Determiner', 'D'],
  ['Preposition', 'P'],
  ['Conjunction', 'C'],
  ['Expression', 'R'],
];

function byTags(tags: ReadonlySet<string>): Class {
  return OPEN.find(([tag]) => tags.has(tag))?.[1] ?? 'N';
}

function firstClass(token: Token, { tags, hidesVerb }: Tagged): Class {
  if (token.words === 0) return token.after === '&' ? 'C' : '-';
  if (token.held) return 'N';
  const { key } = token;
  if (PRONOUN_VERB.test(key)) return 'I';
  if (QUESTION_VERB.test(key)) return 'Q';
  if (NEGATED.test(key)) return 'X';
  if (key === 'no' && token.after.startsWith('.')) return 'N';
  const closed = CLOSED.get(key);
  if (closed === 'P' && tags.has('PhrasalVerb')) return 'R';
  if (key === 'like' && tags.has('Verb')) return 'V';
  if ((key === 'may' || key === 'will' || key === 'can' || key === 'might') && tags.has('Noun')) return 'N';
  if (closed) return closed;
  if (hidesVerb && byTags(tags) === 'N') return 'M';
  return byTags(tags);
}

const isVerb = (kind: Class | undefined): boolean => kind === 'V' || kind === 'X';

/** Words whose class the neighbours decide. */
function settled(kind: Class, key: string, before: Class | undefined, behind: Class | undefined, base: boolean): Class {
  if (key === 'to') return base || (behind === 'R' && !NOMINAL.has(before ?? '-')) ? 'T' : 'P';
  if (key === 'her') return behind === 'N' || behind === 'J' || behind === '#' ? 'D' : 'O';
  if (key === 'there') return isVerb(behind) || before === 'X' ? 'O' : 'R';
  if (key === 'that' && behind === undefined) return 'O';
  if (key === 'so') return behind === undefined || behind === 'J' || behind === 'R' ? 'R' : 'C';
  if (DEMONSTRATIVES.has(key) && (isVerb(behind) || behind === undefined)) return 'O';
  if (kind === 'P' && behind === undefined && before !== undefined) return 'R';
  if (CLOSING.has(key) && before === 'V') return 'R';
  const verbBefore = isVerb(before) || before === 'O';
  if (kind === 'P' && PARTICLES.has(key) && verbBefore && !(behind && NOMINAL.has(behind)) && behind !== 'V') return 'R';
  return kind;
}

/** The class of each token, from what the tagger says and from the small words of English. */
export function classesOf(tokens: readonly Token[], tags: readonly Tagged[]): Class[] {
  const first = tokens.map((token, i) => firstClass(token, tags[i] ?? { tags: new Set(), hidesVerb: false }));
  return first.map((kind, i) => {
    const token = tokens[i];
    if (!token || token.held) return kind;
    // a sign between ends what neighbours could say
    const ends = /[,;:.!?)]/.test(token.after);
    const next = tags[i + 1]?.tags;
    const isInflected = next?.has('Gerund') === true || next?.has('PastTense') === true;
    const base = first[i + 1] === 'X' || (first[i + 1] === 'V' && !isInflected);
    return settled(kind, token.key, first[i - 1], ends ? undefined : first[i + 1], base && !ends);
  });
}
