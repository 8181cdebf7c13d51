import type { Way } from '../ways/way.ts';

/** How a family of servers can be asked to weigh: the ways to try, the best first. What a server does is then seen. */
export interface Dialect {
  id: string;
  title: string;
  completion: readonly Way[];
  chat: readonly Way[];
}
