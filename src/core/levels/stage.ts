import { key } from '../masks.ts';
import { parentsOf } from '../parents.ts';
import { createRng } from '../rng.ts';
import type { Finding, Game, Mask, Method, Values } from '../types.ts';
import { type Front, layOut, lifted } from './front.ts';
import { pooled, type Rows } from './rows.ts';

/** A batch to be evaluated: masks over all leaves of the front. */
export interface Step {
  front: Front;
  masks: readonly Mask[];
}

/** What came of it. */
export interface Reply {
  /** In the order of the masks; NaN where there is none. */
  values: Values;
  /** Whether one of the masks is not among what is stored. */
  missing: boolean;
  /** Evaluations up to now. */
  evaluations: number;
  /** Whether nothing more can be asked. */
  ended: boolean;
}

/** What every stage of a job has in common. */
export interface Setting {
  method: Method;
  options: unknown;
  /** Targets, and the tokens of each. */
  columns: number;
  weights: Float64Array;
  seed: number;
}

/** The game of a stage. The first stage draws as a job of that level alone would. */
function gameOf({ columns, weights, seed }: Setting, front: Front, stage: number): Game {
  const { units, leaves } = layOut(front);
  const own = front.players.map((position) => leaves[position] as number);
  const rng = createRng(seed, stage === 0 ? 'method' : `method, stage ${stage}`);
  return { n: own.length, columns, weights, parents: parentsOf(units, own), rng };
}

/** The masks that a design which does not look at values asks for, over all leaves. */
export function designOf(setting: Setting, front: Front, stage: number, calls: number): Mask[] {
  const run = setting.method.run(gameOf(setting, front, stage), setting.options, calls);
  const masks: Mask[] = [];
  for (let step = run.next(); step.done !== true; ) {
    masks.push(...step.value.masks.map((mask) => lifted(front, mask)));
    step = run.next(step.value.masks.map(() => new Float64Array(setting.columns).fill(NaN)));
  }
  return masks;
}

export interface Played {
  finding: Finding;
  evaluations: number;
  ended: boolean;
}

/**
 * Plays one stage.
 * @param calls  what the method may ask
 * @param rows   all that is known, over this front's leaves; what the stage learns is added
 */
export function* playStage(setting: Setting, front: Front, stage: number, calls: number, rows: Rows): Generator<Step, Played, Reply> {
  const { method, options } = setting;
  const run = method.run(gameOf(setting, front, stage), options, calls);
  const asked = new Set<string>();
  const state = { missing: false, evaluations: 0, ended: false };
  let step = run.next();
  while (step.done !== true) {
    const own = step.value.masks;
    const masks = own.map((mask) => lifted(front, mask));
    const reply = yield { front, masks };
    // what is fitted again later is told by stages alone
    if (!method.refits) own.forEach((mask) => asked.add(key(mask)));
    masks.forEach((mask, at) => rows.add({ mask, values: reply.values[at] as Float64Array, stage }));
    state.missing ||= reply.missing;
    state.ended ||= reply.ended;
    state.evaluations = reply.evaluations;
    step = run.next(reply.values);
  }
  const { missing, evaluations, ended } = state;
  const attributions = stage > 0 || missing ? pooled(method, gameOf(setting, front, stage), options, { front, stage, rows, asked }, missing) : null;
  return { finding: attributions ? { ...step.value, attributions } : step.value, evaluations, ended };
}

/** A stage of a job that has ended, fitted to what was evaluated; null where the method must be played again. */
export function refitStage(setting: Setting, front: Front, stage: number, rows: Rows): Played | null {
  const { method, options } = setting;
  if (!method.refits) return null;
  const attributions = pooled(method, gameOf(setting, front, stage), options, { front, stage, rows, asked: new Set() }, true);
  return attributions && { finding: { attributions, stopped: 'done' }, evaluations: 0, ended: false };
}
