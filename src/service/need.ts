import type { Method } from '../core/types.ts';

/** What a method asks for. */
export interface Need {
  method: string;
  /** Perturbable units that it begins with. */
  units: number;
  /** Perturbable units at most. */
  mostUnits: number;
  /** Evaluations at most within a room; more than the room where the design is fixed. */
  most(room: number): number;
  /** Those without which there is no result at all. */
  least(room: number): number;
}

export function needOf(method: Method, options: unknown, n: number): Need {
  const most = (room: number): number => method.evaluations(n, options, room);
  return { method: method.id, units: n, mostUnits: n, most, least: most };
}
