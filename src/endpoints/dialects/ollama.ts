import type { Dialect } from './dialect.ts';

/** Ollama weighs nothing that is given: no echo, no token ids, no grammar of them. */
export const ollama: Dialect = { id: 'ollama', title: 'Ollama', completion: [], chat: [] };
