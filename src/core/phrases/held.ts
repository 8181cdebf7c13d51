import type { Span } from '../types.ts';

/*
 * What is never cut inside although it has spaces: code, short quotations, dates, times, numbers with their units.
 * Every repetition is bounded or stops at the next of its own opening signs, so that each search is linear.
 */

const CODE: readonly RegExp[] = [
  /`{1,3}[^`\n\r]{1,2000}`{1,3}/g,
  /(?<!\S)\$[^\s$](?:[^$\n]{0,200}[^\s$])?\$(?![\p{L}\p{N}])/gu,
  /<\/?[a-zA-Z][^<>]{0,300}>/g,
  /\{\{[^{}]{1,200}\}\}/g,
  /(?<![\w$.])[A-Za-z_$][\w$.]{0,100}\([^()\n\r]{0,200}(?:\([^()\n\r]{0,200}\)[^()\n\r]{0,200}){0,8}\)/g,
];

const QUOTES: readonly RegExp[] = [
  /“[^“”]{1,300}”/g,
  /„[^„“”]{1,300}[“”]/g,
  /«[^«»]{1,300}»/g,
  /‘[^‘’]{1,300}’(?![\p{L}])/gu,
  /[「『《〈][^「」『』《》〈〉]{1,40}[」』》〉]/g,
  /(?<=^|[\s([{—–])"(?=\S)[^"]{0,300}(?<=\S)"(?=$|[\s\p{P}])/gu,
  /(?<=^|[\s([{—–])'(?=\S)[^']{0,300}(?<=\S)'(?=$|[\s\p{P}])/gu,
];

const MONTH = [
  'Jan(?:uary|uar|vier)?|Feb(?:ruary|ruar)?|Mar(?:ch|s|zo|t)?|Apr(?:il|ile)?|May|Mai|June?|Juni?|July?|Juli?|Aug(?:ust|ustus)?',
  'Sept?(?:ember|embre)?|O[ck]t(?:ober|obre)?|Nov(?:ember|embre)?|De[cz](?:ember)?',
  'März|maart|mei|févr(?:ier)?|avril|juin|juillet',
  'août|octobre|décembre|enero|febrero|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio',
  'aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|dezembro',
].join('|');
const DAY = String.raw`\d{1,2}(?:st|nd|rd|th|er|[.º])?`;
const UNIT = [
  '%|‰|°[CF]?|[kcm]?m[²³]?|[km]?g|[mc]?l|[km]?W|kWh|[kMGT]i?B|[kMG]?Hz|[mµn]?s|min|hrs?|mph|km/h',
  '€|\\$|£|EUR|USD|GBP|CHF|[ap]\\.?m\\.?|Uhr|h|percent|million|billion|trillion|Millionen|Milliarden',
  'millions?|milliards?|millones|milioni|miliardi|Prozent|Euro|euros?',
].join('|');

const FIGURES: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}\p{N}])${DAY}\s(?:de\s|of\s)?(?:${MONTH})\b\.?(?:,?\s(?:de\s)?\d{4}\b)?`, 'giu'),
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${MONTH})\.?\s${DAY}(?!\d)(?:,?\s\d{4}\b)?`, 'giu'),
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${MONTH})\s\d{4}\b`, 'giu'),
  /(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,6}(?!\d)/g,
  /(?<!\S)\+\d{1,4}(?:[ \u00a0]\(?\d{2,6}\)?){1,5}(?![\p{L}\d])/gu,
  new RegExp(String.raw`(?<!\p{L})\d[\d.,:]{0,20}\s(?:${UNIT})(?![\p{L}\p{N}])`, 'gu'),
  /(?<!\p{L})[$€£¥]\s\d[\d.,]{0,20}/gu,
  /(?<![\d.])\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}/g,
];

function found(text: string, patterns: readonly RegExp[]): Span[] {
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
  );
}

/**
 * Spans that stay whole, ordered and disjoint.
 * @param quoted words that a quotation may have to stay whole; a longer one is a text of its own
 */
export function heldSpans(text: string, quoted: number): Span[] {
  const quotes = found(text, QUOTES).filter(({ start, end }) => (text.slice(start, end).match(/\S+/g)?.length ?? 0) <= quoted);
  const all = [...found(text, CODE), ...quotes, ...found(text, FIGURES)].toSorted((a, b) => a.start - b.start || b.end - a.end);
  // of two that overlap the first stays
  const held: Span[] = [];
  for (const span of all) if (span.start >= (held.at(-1)?.end ?? 0)) held.push(span);
  return held;
}
