import { faultAt } from '../errors.ts';
import { heldOutSize } from './heldout.ts';
import type { Need } from './need.ts';
import type { Repeats } from './repeats.ts';

/** What a job takes besides the masks that its method decides on. */
export interface Costs extends Repeats {
  /** Calls before the first mask: the reference, what the call opens with, consultations about the completion. */
  before: number;
  /** Calls for every sample of a mask: its evaluations, and consultations about their outcomes. */
  each: number;
  /** Masks of the checks that were asked for. */
  checkCalls: number;
  /** Calls for what is done with the scores. */
  after: number;
}

/** How the calls of a job are shared out. */
export interface Share extends Repeats {
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

/** Held-out masks wanted beside so many: those that are all asked leave none. */
function wantedBeside(need: Need, methodCalls: number): number {
  if (need.unchecked) return 0;
  const unseen = need.mostUnits > 30 ? Infinity : Math.max(0, 2 ** need.mostUnits - methodCalls);
  return Math.min(heldOutSize(methodCalls), unseen);
}

/**
 * How a method and its check share `available` masks; null where the method does not fit. What both want stands where
 * there is room for it, or else the check gives way first.
 */
function shared(need: Need, available: number): Masks | null {
  const whole = need.most(Math.max(1, available));
  const methodCalls = whole >= 1 && whole + wantedBeside(need, whole) <= available ? whole : methodShare(need, available);
  if (methodCalls === undefined) return null;
  return { methodCalls, heldOutCalls: Math.min(wantedBeside(need, methodCalls), available - methodCalls) };
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
  if (need.unchecked) return need.most(Infinity);
  const most = need.most(Math.max(1, roomFor(open)));
  return most + heldOutSize(most);
}

/**
 * Splits the calls between what comes before, method, checks and what comes after. An open budget grows by what the last
 * two take, so that asking for them changes no score.
 * @param asked the caller's cap, null when open
 * @throws ProblemError budget_too_small, at the repeats where the method would fit without them
 */
export function share(need: Need, costs: Costs, asked: number | null, maxCalls: number): Share {
  const { before, after, each, checkCalls, repeats, references, noisy } = costs;
  const callsFor = (masks: number, samples: number): number => before + each * (samples + repeats * (masks + checkCalls)) + after;
  const open = Math.max(DEFAULT_CALLS, before + each * (references + repeats * fullNeed(need, Math.floor(DEFAULT_CALLS / (each * repeats))))) + each * repeats * checkCalls + after;
  const total = Math.min(asked ?? open, maxCalls);
  const masksBeside = (samples: number): number => Math.floor((Math.floor((total - before - after) / each) - samples) / repeats) - checkCalls;
  // samples of the unchanged call give way after the held-out check
  for (let samples = references; samples >= 0; samples -= 1) {
    const found = shared(need, masksBeside(samples));
    if (found) return { ...found, checkCalls, repeats, references: samples, noisy, calls: callsFor(found.methodCalls + found.heldOutCalls, samples) };
  }
  const least = callsFor(leastMasks(need, masksBeside(0)), 0);
  const ceiling = asked === null || asked > maxCalls;
  const parts = [checkCalls > 0 ? `${each * checkCalls} of them for \`faithfulness\`` : '', after > 0 ? `${after} of them for the check of the highlight` : ''].filter((part) => part !== '');
  const checks = parts.length > 0 ? ` (${parts.join(', ')})` : '';
  const times = repeats > 1 ? ` with ${repeats} samples of each mask` : '';
  const fewer = repeats > 1 ? 'fewer repeats, ' : '';
  const message = `${need.method} needs ${least} calls for ${need.units} units${times}${checks} and may use ${total}${ceiling ? ' here (MAX_CALLS)' : ''}: raise the budget, use ${fewer}larger units, or a method that samples`;
  const once = repeats > 1 && shared(need, Math.floor((total - before - after) / each) - checkCalls) !== null;
  throw faultAt('budget_too_small', once ? '/scorer/options/repeats' : asked === null ? '/method' : '/budget/calls', message);
}
