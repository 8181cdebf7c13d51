import { type Gaps, STOP } from './gaps.ts';
import { signsCut } from './signs.ts';
import { type Table, TABLES } from './tables.ts';
import type { Token } from './tokens.ts';

/** `ends` clusters (に は), `closes` is a word of its own with such an ending. */
type Role = 'opens' | 'starts' | 'ends' | 'closes' | 'plain' | 'sign';

const NOTHING: Table = { opens: new Set(), starts: new Set(), ends: new Set() };

/** An elided word (`l'homme`) has the role of what stands before its apostrophe. */
function roleOf(token: Token, table: Table): Role {
  if (token.words === 0) return token.after === '&' ? 'opens' : 'sign';
  if (token.held) return 'plain';
  const { key } = token;
  const elided = key.slice(0, key.indexOf("'") + 1);
  if (table.opens.has(key) || table.opens.has(elided)) return 'opens';
  if (table.starts.has(key) || table.starts.has(elided)) return 'starts';
  if (table.ends.has(key)) return 'ends';
  return table.suffix?.test(key) === true && table.goesOn?.test(key) !== true ? 'closes' : 'plain';
}

/**
 * Phrases by punctuation and small words alone: one pass, for languages without a tagger and for what is too long for it.
 * @param language first subtag; one without a table is cut by punctuation
 */
export function ruleGaps(tokens: readonly Token[], language: string): Gaps {
  const table = TABLES[language] ?? NOTHING;
  const roles = tokens.map((token) => roleOf(token, table));
  const cuts = tokens.map(() => false);
  const weights = tokens.map(() => 1);
  /** What the phrase has had so far: nothing but small words can still take a word that begins a group. */
  let had: 'opens' | 'starts' | 'plain' = 'opens';
  for (const [i, token] of tokens.entries()) {
    const prev = tokens[i - 1];
    const role = roles[i] ?? 'plain';
    if (prev) {
      const signs = role === 'opens' && token.words === 0 ? null : signsCut(prev, token);
      const begins = role === 'opens' ? had !== 'opens' : role === 'starts' && had === 'plain';
      const isAfterEnd = roles[i - 1] === 'closes' || (roles[i - 1] === 'ends' && role !== 'ends');
      cuts[i] = signs ?? (begins || isAfterEnd);
      const byWords = role === 'opens' ? 3 : begins || isAfterEnd ? 2 : had === 'plain' ? 1 : 0;
      weights[i] = signs === null ? byWords : signs ? STOP : 0;
    }
    if (cuts[i]) had = 'opens';
    if (role === 'starts' && had === 'opens') had = 'starts';
    if (role === 'plain' || role === 'ends' || role === 'closes') had = 'plain';
  }
  return { cuts, weights };
}
