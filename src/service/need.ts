import { firstNeed, type StageSize, stagesNeed } from '../core/levels/sizes.ts';
import type { Method } from '../core/types.ts';

/** What a method asks for: of one game, or of one after the other. */
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
  /** It makes no scores that held-out masks could check. */
  unchecked?: true;
}

export function needOf(method: Method, options: unknown, n: number, stages: readonly StageSize[] | null): Need {
  if (!stages) {
    const most = (room: number): number => method.evaluations(n, options, room);
    return { method: method.id, units: n, mostUnits: n, most, least: most };
  }
  return {
    method: method.id,
    units: n,
    mostUnits: stages.at(-1)?.leaves ?? n,
    most: (room) => stagesNeed(method, options, stages, room),
    least: (room) => firstNeed(method, options, stages, room),
  };
}
