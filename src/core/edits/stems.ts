import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as hindi } from '@orama/stemmers/indian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { languageOf } from '../phrases/language.ts';
import { tokensOf } from '../phrases/tokens.ts';
import { words } from '../text/words.ts';

type Stem = (word: string) => string;

/** Snowball's stemmers by the first subtag of a language tag. Languages without one: words as they are. */
const STEMMERS: Readonly<Record<string, Stem>> = {
  ar: arabic,
  da: danish,
  de: german,
  en: english,
  es: spanish,
  fr: french,
  hi: hindi,
  it: italian,
  nl: dutch,
  no: norwegian,
  pt: portuguese,
  ru: russian,
  sv: swedish,
  tr: turkish,
};

/** The stemmer for the language that a text is written in. */
export function stemmerFor(text: string): Stem {
  return STEMMERS[languageOf(text, tokensOf(text, 0))] ?? ((word) => word);
}

/** Share of the words that may stand in a proposal again. */
const REPEATED = 0.75;

/**
 * Whether a proposal repeats the words that it is to replace: at least three quarters of them, whatever their case and
 * endings (the rule of CELL, arXiv 2406.11785).
 */
export function repeats(replaced: string, proposal: string, stem: Stem): boolean {
  const stems = (text: string): string[] => words(text, { ignoreCase: true, ignorePunctuation: true }).map(stem);
  const own = stems(replaced);
  const given = new Set(stems(proposal));
  return own.filter((word) => given.has(word)).length >= REPEATED * own.length;
}
