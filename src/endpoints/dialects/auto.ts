import { byForcing } from '../ways/forcing/way.ts';
import { byIds, byKeyedIds } from '../ways/ids.ts';
import { byPrefill } from '../ways/prefill.ts';
import { byGenerate } from '../ways/sglang/way.ts';
import { byText } from '../ways/text.ts';
import { byDetails } from '../ways/tgi/way.ts';
import { bySuffix } from '../ways/vllm/suffix.ts';
import { byTrace } from '../ways/vllm/trace.ts';
import type { Dialect } from './dialect.ts';

/** Every way that there is, those that cost least first: what a server can do is found by asking, so the dialect need not be known. */
export const auto: Dialect = {
  id: 'auto',
  title: 'found by asking',
  completion: [bySuffix, byGenerate, byIds, byText, byKeyedIds, byDetails, byTrace, byForcing],
  chat: [bySuffix, byGenerate, byIds, byPrefill, byKeyedIds, byDetails, byTrace, byForcing],
};
