import { faultAt } from '../errors.ts';
import { heldOutSize } from './heldout.ts';
import type { Need } from './need.ts';

/** What a job takes besides the masks that its method decides on. */
export interface Costs {
  /** Calls before the first mask: the reference, what the call opens with, consultations about the completion. */
  before: number;
  /** Calls for every mask: its evaluations, and consultations about their outcomes. */
  each: number;
  /** Masks of the checks that were asked for. */
  checkCalls: number;
}

/** How the calls of a job are shared out. */
export interface Share {
  /** Masks that the method may ask at most. */
  methodCalls: number;
  heldOutCalls: number;
  /** Masks of the checks that the request wants, at most; reserved for them. */
  checkCalls: number;
  /** Everything together. */
  calls: number;
}

/** What an open budget is, where the method does not need more. */
const DEFAULT_CALLS = 200;

type Masks = Pick<Share, 'methodCalls' | 'heldOutCalls'>;

/** Most masks that leave their tenth for the held-out check within `available`. */
function roomFor(available: number): number {
  let room = Math.floor(available / 1.1);
  while (room > 0 && room + heldOutSize(room) > available) room -= 1;
  return room;
}

/** What the method asks of `available` masks: all that it needs, or all there are where a part of it is a result. */
function methodShare(need: Need, available: number): number | undefined {
  const rooms = [roomFor(available), available].filter((room) => room >= 1);
  const whole = rooms.map((room) => need.most(room)).find((calls) => calls >= 1 && calls <= available);
  return whole ?? rooms.find((room) => need.least(room) <= room);
}

/** How a method and its check share `available` masks; null where the method does not fit. The check gives way first. */
function shared(need: Need, available: number): Masks | null {
  const methodCalls = methodShare(need, available);
  if (methodCalls === undefined) return null;
  // masks that are all asked leave none to hold out
  const unseen = need.mostUnits > 30 ? Infinity : Math.max(0, 2 ** need.mostUnits - methodCalls);
  return { methodCalls, heldOutCalls: Math.min(heldOutSize(methodCalls), available - methodCalls, unseen) };
}

/** The least number of masks that would do, looked for upwards from what did not. */
function leastMasks(need: Need, refused: number): number {
  const least = need.least(Math.max(1, refused));
  for (let masks = Math.max(0, refused) + 1; masks < Math.min(least, refused + 64); masks += 1) {
    if (shared(need, masks)) return masks;
  }
  return least;
}

function fullNeed(need: Need, open: number): number {
  const most = need.most(Math.max(1, roomFor(open)));
  return most + heldOutSize(most);
}

/**
 * Splits the calls between what comes before, method and checks. An open budget grows by what the checks take, so that
 * asking for them changes no score.
 * @param asked the caller's cap, null when open
 * @throws ProblemError budget_too_small
 */
export function share(need: Need, costs: Costs, asked: number | null, maxCalls: number): Share {
  const { before, each, checkCalls } = costs;
  const callsFor = (masks: number): number => before + each * (masks + checkCalls);
  const open = Math.max(DEFAULT_CALLS, before + each * fullNeed(need, Math.floor(DEFAULT_CALLS / each))) + each * checkCalls;
  const total = Math.min(asked ?? open, maxCalls);
  const masks = Math.floor((total - before) / each) - checkCalls;
  const found = shared(need, masks);
  if (found) return { ...found, checkCalls, calls: callsFor(found.methodCalls + found.heldOutCalls) };
  const least = callsFor(leastMasks(need, masks));
  const ceiling = asked === null || asked > maxCalls;
  const checks = checkCalls > 0 ? ` (${each * checkCalls} of them for \`faithfulness\`)` : '';
  const message = `${need.method} needs ${least} calls for ${need.units} units${checks} and may use ${total}${ceiling ? ' here (MAX_CALLS)' : ''}: raise the budget, use larger units, or a method that samples`;
  throw faultAt('budget_too_small', asked === null ? '/method' : '/budget/calls', message);
}
