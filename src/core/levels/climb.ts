import type { Attribution, Finding } from '../types.ts';
import { Book, type Reading } from './book.ts';
import { type Branch, partsOf } from './branches.ts';
import { choose, shares } from './choose.ts';
import { carrier, firstFront, type Front, gatherer, layOut, type Layout, openedFront, type Openings } from './front.ts';
import type { Cut, Refine } from './levels.ts';
import { type Row, Rows } from './rows.ts';
import { type StageSize, stageShare } from './sizes.ts';
import { designOf, playStage, refitStage, type Reply, type Setting, type Step } from './stage.ts';

/** What a stage was, enough to come to the same units again. */
export interface StageRecord {
  /** Position among the levels. */
  level: number;
  /** Positions, among the leaves before it, of the units that were opened for it. */
  opened: readonly number[];
  /** Evaluations that it was the first to ask for. */
  evaluations: number;
}

/** How a call's units are cut, level by level. */
export interface Ladder {
  roots: readonly Branch[];
  cuts: readonly Cut[];
  refine: Refine;
  /** One entry per level. */
  sizes: readonly StageSize[];
  /** Leaves at most. */
  maxUnits: number;
}

export interface ClimbInput extends Setting {
  ladder: Ladder;
  /** Evaluations for all stages. */
  calls: number;
  /** Further ones that a design of fixed size may take. */
  spare: number;
  /** A job that has ended, gone through again: its stages, their fronts, and its evaluations over the leaves of the last. */
  past: { stages: readonly StageRecord[]; fronts: readonly Front[]; rows: readonly Omit<Row, 'stage'>[] } | null;
}

export interface Climbed {
  front: Front;
  layout: Layout;
  /** One attribution per target over the leaves. */
  finding: Finding;
  /** What the first stage found by itself. */
  first: readonly Attribution[];
  /** Per target and opened unit, in the order of `layout.opened`: what was measured of it while it was whole. */
  measured: Reading[][];
  stages: StageRecord[];
  /** What was left closed that should have been opened, in words. */
  notes: string[];
}

/** A stage to be played next. */
interface Next {
  level: number;
  openings: Openings;
  front: Front;
}

/** The fronts that the stages of a finished job went through. */
export function retrace({ roots, cuts, refine }: Ladder, stages: readonly StageRecord[]): Front[] {
  const fronts = [firstFront(roots)];
  for (const { level, opened } of stages.slice(1)) {
    const front = fronts.at(-1) as Front;
    const openings = new Map(opened.map((position) => {
      const branch = front.leaves[position] as Branch;
      return [branch, partsOf(branch, cuts[level] as Cut)];
    }));
    fronts.push(openedFront(front, openings, refine.freeze));
  }
  return fronts;
}

/** Finds what a job may open next, and what of it fits. */
class Opener {
  readonly notes: string[] = [];
  readonly #input: ClimbInput;
  readonly #refused = new Set<Branch>();

  constructor(input: ClimbInput) {
    this.#input = input;
  }

  /** The next stage, or null where there is none. Where not all fits that should be opened, the strongest come first. */
  next(front: Front, level: number, stage: number, scores: readonly Float64Array[], used: number, rows: Rows): Next | null {
    const { cuts, refine, maxUnits } = this.#input.ladder;
    for (let finer = level + 1; finer < cuts.length; finer += 1) {
      const cut = cuts[finer] as Cut;
      const { openings, refused } = choose(front.leaves, shares(scores), refine, this.#refused, (branch) => partsOf(branch, cut));
      refused.forEach((branch) => this.#refused.add(branch));
      let crowded = false;
      for (let count = openings.length; count > 0; count -= 1) {
        const chosen: Openings = new Map(openings.slice(0, count));
        const opened = openedFront(front, chosen, refine.freeze);
        const full = opened.leaves.length > maxUnits;
        if (!full && this.#fits(front, opened, finer, stage, used, rows)) {
          if (count < openings.length) this.#note(openings.length - count, cut, crowded);
          return { level: finer, openings: chosen, front: opened };
        }
        crowded = full;
      }
      if (openings.length === 0) continue;
      this.#note(openings.length, cut, crowded);
      return null;
    }
    return null;
  }

  #note(count: number, { level }: Cut, crowded: boolean): void {
    const why = crowded ? 'there would be more units than the service takes (MAX_UNITS)' : 'the calls that were left do not hold that stage';
    this.notes.push(`${count} ${count === 1 ? 'unit was' : 'units were'} not opened into ${level} units: ${why}`);
  }

  #fits(before: Front, front: Front, level: number, stage: number, used: number, rows: Rows): boolean {
    const { method, options, ladder, calls, spare } = this.#input;
    const left = calls - used;
    const share = Math.max(1, stageShare(method, ladder.sizes, level, front.players.length, left));
    const need = method.evaluations(front.players.length, options, share);
    if (need <= left) return true;
    // a design of fixed size: what is known already costs nothing
    if (need - rows.size > left + spare) return false;
    const known = rows.turned(carrier(before, front));
    const fresh = new Rows();
    for (const mask of designOf(this.#input, front, stage, share)) if (!known.has(mask)) fresh.add({ mask, values: new Float64Array(0), stage });
    return fresh.size <= left + spare;
  }
}

/**
 * One attribution over units of several sizes. Every stage is a game over the units of the moment; then those that
 * matter are cut finer. Pure: the same input and replies give the same steps.
 */
export function* climb(input: ClimbInput): Generator<Step, Climbed, Reply> {
  const { ladder, method, past } = input;
  const opener = new Opener(input);
  const book = new Book(input.columns);
  const stages: StageRecord[] = [];
  let front = past?.fronts[0] ?? firstFront(ladder.roots);
  let level = 0;
  let opened: readonly number[] = [];
  let rows = new Rows();
  let first: readonly Attribution[] = [];
  let used = 0;
  for (let stage = 0; ; stage += 1) {
    if (past) rows = pastRows(past, front);
    const share = Math.max(1, stageShare(method, ladder.sizes, level, front.players.length, input.calls - used));
    const refitted = past && refitStage(input, front, stage, rows);
    const { finding, evaluations, ended } = refitted ?? (yield* playStage(input, front, stage, share, rows));
    book.enter(stage, front, finding.attributions);
    if (stage === 0) first = finding.attributions;
    stages.push(past?.stages[stage] ?? { level, opened, evaluations: evaluations - used });
    used += (stages.at(-1) as StageRecord).evaluations;
    const next = past ? retraced(past, stage + 1) : ended ? null : opener.next(front, level, stage + 1, book.scores(front), used, rows);
    if (!next) {
      const layout = layOut(front);
      const stopped = opener.notes.length > 0 ? 'budget' : finding.stopped;
      const measured = Array.from({ length: input.columns }, (_, target) => layout.opened.map(({ branch }) => book.of(branch, target)));
      return { front, layout, finding: { attributions: book.attributions(front), stopped }, first, measured, stages, notes: opener.notes };
    }
    const before = front;
    ({ front, level } = next);
    opened = before.leaves.flatMap((leaf, position) => (next.openings.has(leaf) ? [position] : []));
    if (!past) rows = rows.turned(carrier(before, front));
  }
}

function retraced({ stages, fronts }: NonNullable<ClimbInput['past']>, stage: number): Next | null {
  const front = fronts[stage];
  return front ? { level: (stages[stage] as StageRecord).level, openings: new Map(), front } : null;
}

/** What a finished job had evaluated, as masks of one of the fronts on its way. */
function pastRows({ stages, fronts, rows }: NonNullable<ClimbInput['past']>, front: Front): Rows {
  const gather = gatherer(front, fronts.at(-1) as Front);
  const found = new Rows();
  let before = 0;
  stages.forEach(({ evaluations }, stage) => {
    for (const { mask, values } of rows.slice(before, before + evaluations)) {
      const gathered = gather(mask);
      if (gathered) found.add({ mask: gathered, values, stage });
    }
    before += evaluations;
  });
  return found;
}
