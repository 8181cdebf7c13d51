import { auto } from './auto.ts';
import type { Dialect } from './dialect.ts';

/** A router in front of others: what it hands on, and what it drops without a word, depends on who answers. */
export const gateway: Dialect = { ...auto, id: 'gateway', title: 'a gateway in front of other servers' };
