import type { Call } from '../../../core/types.ts';
import { malformed } from '../../http/read.ts';
import type { Errand } from '../../traffic/channel.ts';
import { isLossy, utf8 } from '../token-bytes.ts';
import type { Desk } from '../way.ts';
import { type Piece, readChat, readPieces } from './routes.ts';

/** A prompt and an answer as one text, with its tokens as the server will read them. */
export interface Laid {
  text: string;
  ids: readonly number[];
  /** Position of the first token of the answer, and where each of its tokens ends in it (UTF-16). */
  first: number;
  ends: readonly number[];
}

/** Fields that tell how to answer, which the template does not read. */
const LEFT_OUT = new Set(['stream', 'stream_options', 'n', 'logprobs', 'top_logprobs', 'max_tokens', 'max_completion_tokens']);

async function promptText({ channel, model }: Desk, call: Call, errand: Errand): Promise<string> {
  if (call['messages'] === undefined) {
    if (typeof call['prompt'] !== 'string') throw malformed('only a prompt that is one text can be weighed');
    return call['prompt'];
  }
  const kept = Object.fromEntries(Object.entries(call).filter(([name]) => !LEFT_OUT.has(name)));
  const request = { path: '/chat_tokenize', root: true, body: { ...kept, model } };
  return (await channel.post(request, readChat, errand)).templated_text;
}

/** UTF-16 index of each byte, and of each code point: servers count in the one or the other. */
function places(text: string): ((offset: number) => number)[] {
  const [bytes, points]: [number[], number[]] = [[], []];
  let at = 0;
  for (const character of text) {
    points.push(at);
    for (let byte = utf8.encode(character).length; byte > 0; byte -= 1) bytes.push(at);
    at += character.length;
  }
  return [bytes, points].map((list) => (offset) => (offset >= list.length ? at : (list[offset] ?? at)));
}

/** The pieces that hold characters after `from`; null where they do not fit the text. */
function cut(pieces: readonly Piece[], text: string, from: number): Pick<Laid, 'first' | 'ends'> | null {
  for (const place of places(text)) {
    const fits = pieces.every(({ start, stop, text: own }) => start === stop || isLossy(own) || text.slice(place(start), place(stop)).trim() === own.trim());
    const ends = pieces.map(({ stop }) => place(stop));
    const first = ends.findIndex((end) => end > from);
    const last = ends.lastIndexOf(text.length);
    if (fits && first >= 0 && last >= first) return { first, ends: ends.slice(first, last + 1).map((end) => end - from) };
  }
  return null;
}

/**
 * @returns null where the tokens do not make up the text
 * @throws Fault
 */
export async function laidOut(desk: Desk, call: Call, answer: string, errand: Errand): Promise<Laid | null> {
  let prompt = await promptText(desk, call, errand);
  const tokens = (inputs: string) => desk.channel.post({ path: '/tokenize', root: true, body: { inputs }, about: [call, answer] }, readPieces, errand);
  let pieces = await tokens(prompt + answer);
  const [own, templates] = pieces;
  // a begin-of-text token of the template's, where the server puts one in front all the same
  if (own?.start === own?.stop && own?.id === templates?.id && templates && templates.stop > templates.start && prompt.startsWith(templates.text)) {
    prompt = prompt.slice(templates.text.length);
    pieces = await tokens(prompt + answer);
  }
  const found = cut(pieces, prompt + answer, prompt.length);
  return found && { text: prompt + answer, ids: pieces.map(({ id }) => id), ...found };
}
