import { byIds } from '../ways/ids.ts';
import { byGenerate } from '../ways/sglang/way.ts';
import { byText } from '../ways/text.ts';
import type { Dialect } from './dialect.ts';

/** SGLang: its own /generate, else what its /completions echo. */
export const sglang: Dialect = {
  id: 'sglang',
  title: 'SGLang',
  completion: [byGenerate, byIds, byText],
  chat: [byGenerate, byIds],
};
