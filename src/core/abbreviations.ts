/*
 * Full stops that do not end a sentence although a capital letter or a number follows. Unicode's rules know decimals
 * and a following small letter by themselves; the rest needs words.
 */

const words = (...lists: string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(' ')));

/** Always lead on, whatever follows. */
const LINKING = words(
  'e.g i.e eg ie cf vs viz approx ca resp incl excl esp z.b d.h u.a i.d.r bzw vgl sog evtl ggf inkl zzgl p.ex c.-à-d т.е',
  'напр см ср',
);

/** Lead on to a name, but can stand at the end of a sentence as well. Written with a capital: `me.` is no Maître. */
const TITLES = words(
  'dr mr mrs ms mx prof st mt ft rev hon gen col capt cpt lt sgt maj adm gov sen rep pres ph.d messrs mme mlle mm me',
  'hr fr frl dipl ing mag sr sra srta dra ud uds lic sig sigg dott dhr mevr bd',
);

/** The same for those that are written small. */
const SMALL_TITLES = words('al г ул им акад проф');

/** Lead on to a number. */
const NUMBERED = words(
  'no nos nr num fig figs eq eqs vol vols ch chap sec sect art arts p pp pg par para ed cl tab app ex ref refs st str abs',
  'bd kap s jan feb mar apr jun jul aug sep sept oct nov dec рис табл стр гл п т',
);

/** All that may lead on. */
const LEADS: ReadonlySet<string> = new Set([...LINKING, ...TITLES, ...SMALL_TITLES, ...NUMBERED]);

/** Words that begin a sentence far more often than they go on with a name. */
const OPENERS = words(
  'the this that these those there then it he she we they you i in on at for from with as by if when while where what who',
  'why how but and or so yet however also after before because although a an my our your his her their its no yes not is',
  'are was were do does did can will would should please der die das ein eine und aber es er sie wir le la les un une il',
  'elle nous mais et el los las una y pero',
);

/** A single capital letter behind one of these names a thing, not a person. */
const LABELLED = words(
  'plan option vitamin type grade class group section figure table part point case team item step answer choice variant',
  'model phase appendix exhibit hepatitis line column row block level schedule annex doc docs document source passage',
  'chapter paragraph page question example text file note node task rule fact chunk context result product person player',
  'user agent room gate city company',
);

/** What a word begins behind. */
const BEFORE_WORD = /[\s(["'“‘„«]/;
const PLAIN_BEFORE_WORD = Uint8Array.from({ length: 0x80 }, (_, code) => Number(BEFORE_WORD.test(String.fromCharCode(code))));
/** A list marker but for the bracket that it may begin with, which no word does. */
const MARKER_WORD = /^(?:[-*+•‣◦·]|(?:\d{1,4}|\p{L}|[ivxIVX]{1,5})[.)])$/u;
const MARKER = /(?:^|[:;]\s+)(?:[-*+•‣◦·]|\(?(?:\d{1,4}|\p{L}|[ivxIVX]{1,5})[.)])$/u;
const NUMBER = /^[#§(]?(?:\p{N}|[IVXLC]+\b)/u;
const INITIALS = /^\p{Lu}(?:[.-]\p{Lu})*$/u;
const INITIAL_NEXT = /^\p{Lu}\./u;

function opens(after: string): boolean {
  const first = /^[^\p{L}]*(\p{L}+)/u.exec(after)?.[1];
  return first !== undefined && OPENERS.has(first.toLowerCase());
}

/** Where the last run of characters begins that no word begins behind; the length of the text where there is none. */
function lastWordStart(text: string): number {
  let start = text.length;
  for (; start > 0; start -= 1) {
    const code = text.charCodeAt(start - 1);
    if (code < 0x80 ? PLAIN_BEFORE_WORD[code] === 1 : BEFORE_WORD.test(text.charAt(start - 1))) break;
  }
  return start;
}

/**
 * Whether a sentence goes on although Unicode's rules end it here.
 * @param before the sentence so far, without whitespace at its ends
 * @param after  what follows it, without whitespace at its start
 * @param extra  the caller's abbreviations in small letters, without their last full stop
 */
export function goesOn(before: string, after: string, extra: ReadonlySet<string>): boolean {
  const start = lastWordStart(before);
  // this runs for every sentence of every text, and hardly any ends with such a word
  if (MARKER_WORD.test(before.slice(start)) && MARKER.test(before)) return true;
  if (!before.endsWith('.')) return false;
  const word = before.slice(start, -1);
  if (word === '') return false;
  const last = word.toLowerCase();
  const initials = INITIALS.test(word);
  if (!initials && !LEADS.has(last) && !extra.has(last)) return false;
  if (LINKING.has(last) || extra.has(last)) return true;
  if (NUMBERED.has(last) && NUMBER.test(after)) return true;
  if (SMALL_TITLES.has(last) || (TITLES.has(last) && word !== last)) return !opens(after);
  if (!initials) return false;
  if (INITIAL_NEXT.test(after)) return true;
  if (opens(after)) return false;
  if (word.length > 1) return true;
  const named = /(\p{L}+)\s+$/u.exec(before.slice(0, start))?.[1]?.toLowerCase() ?? '';
  // `Case A. Case B.` counts things whatever the word is
  const counts = named !== '' && after.toLowerCase().startsWith(`${named} `);
  return word !== 'I' && !counts && !LABELLED.has(named);
}
