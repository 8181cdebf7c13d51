/**
 * Words that an error may keep even when the request holds them too: they say what went wrong and nothing of what was
 * asked.
 */
const HARMLESS = new Set(
  `a again allowed an and api are array assistant at bad be between body busy but by can cannot completion completions
  connection content context day do does echo empty equal error exceeded exceeds expected failed failure field fields for
  found from gateway given got greater has have however http in input integer internal invalid is it its json key large
  later least length less limit limits list loading logprobs long many max maximum message messages min minimum minute
  missing model models more most must no not number object of on only or out output overloaded parameter parameters per
  please prompt prompts provider quota rate reached request requested requests required response returned role s schema
  second seconds server service size smaller stream string support supported system t temperature than that the this
  timed timeout to token tokens too tool tools try type unavailable unexpected unknown unsupported upstream user valid
  validation value values was window with you your`.split(/\s+/),
);

/** Servers quote with JSON's or Python's escapes; words are compared as they were sent. */
function unescaped(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\[nrtbf]/g, ' ')
    .replaceAll(/\\(.)/gs, '$1');
}

/** Every text, number and key of the request. */
function collect(value: unknown, into: string[]): string[] {
  if (typeof value === 'string' || typeof value === 'number') into.push(String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      into.push(key);
      collect(item, into);
    }
  }
  return into;
}

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;

/** Harmless words in a row that the request has in the same row are a quotation. */
const QUOTATION = 3;

/**
 * A server's message without anything of the request or the key: every word that occurs in the request's texts goes,
 * even as a part of a longer one, unless it is one of a fixed list of harmless words; so do rows of harmless words that
 * stand there in the same order. Servers quote prompts in errors, whole, cut or escaped.
 * @returns at most `limit` characters
 */
export function redact(message: string, request: unknown, secret: string | null, limit = 200): string {
  const texts = collect(request, secret === null ? [] : [secret]).map((text) => text.toLowerCase().replaceAll(/\s+/g, ' '));
  const said = unescaped(message.slice(0, 4 * limit))
    .replaceAll(/\s+/g, ' ')
    .trim();
  const quoted = (text: string): boolean => texts.some((own) => own.includes(text.toLowerCase()));
  const words = [...said.matchAll(WORD)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    word: match[0],
    gone: false,
  }));
  words.forEach((word, index) => {
    if (!HARMLESS.has(word.word.toLowerCase()) && quoted(word.word)) word.gone = true;
    const last = words[index + QUOTATION - 1];
    if (last && quoted(said.slice(word.start, last.end))) {
      for (const each of words.slice(index, index + QUOTATION)) each.gone = true;
    }
  });
  let kept = '';
  let at = 0;
  for (const { start, end, word, gone } of words) {
    kept += said.slice(at, start) + (gone ? '…' : word);
    at = end;
  }
  const tidy = (kept + said.slice(at)).replaceAll(/…(?:[^\p{L}\p{N}…]*…)+/gu, '…');
  return tidy.length <= limit
    ? tidy
    : `${Array.from(tidy)
        .slice(0, limit - 1)
        .join('')}…`;
}
