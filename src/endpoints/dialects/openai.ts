import { byIds } from '../ways/ids.ts';
import { byPrefill } from '../ways/prefill.ts';
import { byText } from '../ways/text.ts';
import type { Dialect } from './dialect.ts';

/** Anything that takes OpenAI's bodies. What one of them can do beyond that is seen, not promised. */
export const openai: Dialect = {
  id: 'openai',
  title: 'OpenAI-compatible',
  completion: [byIds, byText],
  chat: [byIds, byPrefill],
};
