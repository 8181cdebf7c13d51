/** How many tokens a character of text takes, about: of ASCII, and of everything else. */
export interface TokenRates {
  ascii: number;
  other: number;
}

/** Assumed where no tokenizer was measured: four characters of ASCII, or one of any other script, are a token. */
export const ASSUMED_RATES: TokenRates = { ascii: 1 / 4, other: 1 };

/** A part that is no text: a picture of middling size. */
const MEDIA_TOKENS = 1_000;
/** What a template puts around a message. */
const FRAME_TOKENS = 4;

const IS_OTHER = /[^\0-\x7f]/;
const OTHER = /[^\0-\x7f]/gu;

/** Tokens of a text, about. */
export function tokensOf(text: string, { ascii, other }: TokenRates): number {
  // most texts have none, and finding that out by code points takes twice as long
  const others = IS_OTHER.test(text) ? text.match(OTHER) : null;
  if (others === null) return text.length * ascii;
  const wide = others.reduce((sum, each) => sum + each.length, 0);
  return (text.length - wide) * ascii + others.length * other;
}

function within(value: unknown, rates: TokenRates): number {
  if (typeof value === 'string') return value.startsWith('data:') ? MEDIA_TOKENS : tokensOf(value, rates);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + within(item, rates), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + within(item, rates), FRAME_TOKENS);
}

/** What a model reads of a call. */
const READ = ['messages', 'prompt', 'input', 'instructions', 'tools', 'response_format', 'text'];

/** Tokens of what a model reads of a call, about: its texts, and a little for every message, part and tool. */
export function callTokens(call: Readonly<Record<string, unknown>>, rates: TokenRates): number {
  return READ.reduce((sum, field) => sum + within(call[field], rates), 0);
}
