import { byDetails } from '../ways/tgi/way.ts';
import type { Dialect } from './dialect.ts';

/** text-generation-inference: its own /generate, where it was started to give details of what it reads. */
export const tgi: Dialect = { id: 'tgi', title: 'text-generation-inference', completion: [byDetails], chat: [byDetails] };
