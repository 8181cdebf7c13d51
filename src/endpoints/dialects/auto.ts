import { byForcing } from '../ways/forcing/way.ts';
import { byIds } from '../ways/ids.ts';
import { byPrefill } from '../ways/prefill.ts';
import { byText } from '../ways/text.ts';
import type { Dialect } from './dialect.ts';

/** Every way that there is: what a server can do is found by asking, so the dialect need not be known. */
export const auto: Dialect = {
  id: 'auto',
  title: 'found by asking',
  completion: [byIds, byText, byForcing],
  chat: [byIds, byPrefill, byForcing],
};
