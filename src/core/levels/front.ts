import { full } from '../masks.ts';
import type { Mask, Unit } from '../types.ts';
import { type Branch, inOrder } from './branches.ts';

/** What a stage plays with: the units that are not opened, at whatever level each is. */
export interface Front {
  /** Fixed ones too, in the order of the input. */
  branches: readonly Branch[];
  /** One per position of a mask: those that are not fixed. */
  leaves: readonly Branch[];
  /** Positions among the leaves of those that the stage takes away; frozen ones are not among them. */
  players: Int32Array;
}

/** What opening some units makes of them. */
export type Openings = ReadonlyMap<Branch, readonly Branch[]>;

function frontWith(branches: readonly Branch[], played: (branch: Branch) => boolean): Front {
  const leaves = branches.filter(({ unit }) => !unit.fixed);
  return { branches, leaves, players: Int32Array.from(leaves.flatMap((leaf, position) => (played(leaf) ? [position] : []))) };
}

/** The front that a job begins with. */
export function firstFront(roots: readonly Branch[]): Front {
  return frontWith(roots, () => true);
}

/** The front with some of its units opened. @param freeze only the new units are played */
export function openedFront({ branches }: Front, openings: Openings, freeze: boolean): Front {
  const next = branches.flatMap((branch) => openings.get(branch) ?? [branch]);
  const fresh = new Set([...openings.values()].flat());
  // texts of one message may stand on both sides of one that is no part of it
  return frontWith(inOrder(next), (branch) => !freeze || fresh.has(branch));
}

/** The branch and everything that it is a part of, itself first. */
export function lineage(branch: Branch): Branch[] {
  const line: Branch[] = [];
  for (let at: Branch | null = branch; at; at = at.parent) line.push(at);
  return line;
}

/** For each leaf of the finer front, the position in the coarser one of what it is or is a part of. */
function ancestry(coarse: Front, fine: Front): Int32Array {
  const positions = new Map(coarse.leaves.map((leaf, position) => [leaf, position]));
  return Int32Array.from(fine.leaves, (leaf) => {
    const found = lineage(leaf).find((branch) => positions.has(branch));
    if (!found) throw new Error('not a refinement of that front');
    return positions.get(found) as number;
  });
}

/** Turns masks of a front into those of a finer one: where a unit is absent, so are all its parts. */
export function carrier(coarse: Front, fine: Front): (mask: Mask) => Mask {
  const from = ancestry(coarse, fine);
  return (mask) => Uint8Array.from(from, (position) => mask[position] as number);
}

/** Turns masks of a finer front into those of a coarser one; null where the parts of one unit are not all alike. */
export function gatherer(coarse: Front, fine: Front): (mask: Mask) => Mask | null {
  const from = ancestry(coarse, fine);
  return (mask) => {
    const gathered = new Uint8Array(coarse.leaves.length).fill(2);
    const alike = from.every((position, at) => {
      if (gathered[position] === 2) gathered[position] = mask[at] as number;
      return gathered[position] === mask[at];
    });
    return alike ? gathered : null;
  };
}

/** Turns a mask of the players into one of all leaves: the frozen ones are there. */
export function lifted({ leaves, players }: Front, mask: Mask): Mask {
  const whole = full(leaves.length);
  players.forEach((position, at) => (whole[position] = mask[at] as number));
  return whole;
}

/** A mask of all leaves as one of the players; null where a frozen one is absent. */
export function lowered({ leaves, players }: Front, mask: Mask): Mask | null {
  const own = Uint8Array.from(players, (position) => mask[position] as number);
  const absent = mask.reduce((sum, bit) => sum + 1 - bit, 0);
  const ownAbsent = own.reduce((sum, bit) => sum + 1 - bit, 0);
  return leaves.length === players.length || absent === ownAbsent ? own : null;
}

/** A unit that was opened. */
export interface Opened {
  branch: Branch;
  /** Its index among the units. */
  index: number;
  /** Indexes of what it was opened into. */
  parts: number[];
}

/** All units of a front as one list: in the order of the input, an opened unit before its parts. */
export interface Layout {
  units: Unit[];
  /** Index of the unit of each leaf, which is a position of a mask. */
  leaves: Int32Array;
  opened: Opened[];
}

export function layOut({ branches, leaves }: Front): Layout {
  const units: Unit[] = [];
  const indexes = new Map<Branch, number>();
  const opened = new Map<Branch, Opened>();
  for (const branch of branches) {
    for (const each of lineage(branch).toReversed()) {
      if (indexes.has(each)) continue;
      const index = units.length;
      const above = each.parent && opened.get(each.parent);
      above?.parts.push(index);
      indexes.set(each, index);
      units.push({ ...each.unit, index, parent: above?.index ?? null });
      if (each !== branch) opened.set(each, { branch: each, index, parts: [] });
    }
  }
  return { units, leaves: Int32Array.from(leaves, (leaf) => indexes.get(leaf) as number), opened: [...opened.values()] };
}
