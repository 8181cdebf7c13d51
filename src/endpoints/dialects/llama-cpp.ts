import { byForcing } from '../ways/forcing/way.ts';
import { byIds } from '../ways/ids.ts';
import { byPrefill } from '../ways/prefill.ts';
import { byText } from '../ways/text.ts';
import type { Dialect } from './dialect.ts';

/** llama.cpp's server: no prompt log-probabilities, but those of whatever it is made to generate. */
export const llamaCpp: Dialect = {
  id: 'llama.cpp',
  title: 'llama.cpp',
  completion: [byForcing, byIds, byText],
  chat: [byForcing, byIds, byPrefill],
};
