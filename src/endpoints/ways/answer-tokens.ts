import { malformed, reader } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import { cutByStrings } from './align.ts';
import { detokenizeReply, tokenizeReply } from './replies.ts';
import type { Desk } from './way.ts';

/** A text as token ids, and where each ends in it (UTF-16). */
export interface Tokens {
  ids: readonly number[];
  ends: Int32Array;
}

const readTokens = reader(tokenizeReply);
const readText = reader(detokenizeReply);

/**
 * Where each token ends in the text; null when they do not make it up. A tokenizer that begins every text with a space
 * would show it here: the tokens then hold more than the text.
 */
export function endsIn(text: string, strings: readonly string[]): number[] | null {
  for (const before of ['', ' ']) {
    const cut = cutByStrings(strings, before + text, before.length);
    if (!cut || cut.ends.length + cut.first !== strings.length) continue;
    return [...Array.from({ length: cut.first }, () => 0), ...cut.ends];
  }
  return null;
}

/** Longer answers are not detokenized prefix by prefix. */
const MAX_PREFIXES = 512;

/** Where each token ends, from the texts of all prefixes: a prefix that ends inside a character ends in U+FFFD. */
async function endsByPrefixes(desk: Desk, text: string, ids: readonly number[], errand: Errand): Promise<number[]> {
  if (ids.length > MAX_PREFIXES) {
    throw malformed('/tokenize gives no token strings, and the answer is too long to find them one by one');
  }
  const prefixes = await Promise.all(
    ids.map((_, index) => {
      const request = {
        path: '/detokenize',
        root: true,
        body: { model: desk.model, tokens: ids.slice(0, index + 1) },
        about: text,
      };
      return desk.channel.post(
        request,
        (reply) => {
          const { prompt } = readText(reply);
          if (typeof prompt !== 'string') throw malformed('/detokenize gave no text');
          return prompt;
        },
        errand,
      );
    }),
  );
  return endsOfPrefixes(text, prefixes);
}

/**
 * Where each token ends in the text, from the texts of all prefixes of its tokens.
 * @throws Fault malformed when the last prefix is not the text
 */
export function endsOfPrefixes(text: string, prefixes: readonly string[]): number[] {
  // a beginning-of-text space belongs to the tokenizer, not to the text
  const whole = prefixes.at(-1) ?? '';
  const lead = whole === ` ${text}` ? 1 : 0;
  // others take the space that a text begins with for the tokenizer's own
  const lost = ` ${whole}` === text ? ' ' : '';
  if (lost + whole.slice(lead) !== text) throw malformed("the answer's tokens do not give its text back");
  return prefixes.map((prefix) => {
    const plain = lost + prefix.slice(lead);
    let end = Math.min(plain.length, text.length);
    while (!text.startsWith(plain.slice(0, end))) end -= 1;
    // half a surrogate pair is no end
    return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
  });
}

/**
 * An answer by itself as tokens. Prompt and answer are never tokenized as one string: the border could merge.
 * @throws Fault malformed when the tokens do not make up the text
 */
export async function answerTokens(desk: Desk, text: string, errand: Errand): Promise<Tokens> {
  const body = { model: desk.model, prompt: text, add_special_tokens: false, return_token_strs: true };
  const { tokens, token_strs: strings } = await desk.channel.post({ path: '/tokenize', root: true, body }, readTokens, errand);
  if (tokens.length === 0) throw malformed('/tokenize gave no tokens');
  const known = strings && strings.length === tokens.length ? endsIn(text, strings) : null;
  return { ids: tokens, ends: Int32Array.from(known ?? (await endsByPrefixes(desk, text, tokens, errand))) };
}
