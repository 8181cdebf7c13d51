import { auto } from './auto.ts';
import type { Dialect } from './dialect.ts';

/** Servers that are asked as any other: naming them is allowed, and changes nothing while no way of their own is known here. */
const NAMES = ['sglang', 'ollama', 'tgi', 'gateway'];

export const generic: readonly Dialect[] = NAMES.map((id) => ({ ...auto, id, title: `${id}, as any OpenAI-compatible server` }));
