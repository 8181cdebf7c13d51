import type { Attribution, Interaction } from '../types.ts';
import type { Branch } from './branches.ts';
import type { Front } from './front.ts';

/** What a stage said of a unit, for one target. NaN = nothing. */
export interface Reading {
  score: number;
  interval: readonly [number, number] | null;
}

const NOTHING: Reading = { score: NaN, interval: null };

interface Pair extends Omit<Interaction, 'units'> {
  branches: Branch[];
  stage: number;
}

/**
 * What all stages said: of every unit, opened or not, what the last stage says that could score it; so an evaluation
 * that fails or is not asked any more never costs what was known before.
 */
export class Book {
  readonly #columns: number;
  readonly #readings = new Map<Branch, { stage: number; byTarget: Reading[] }>();
  readonly #intercepts: Float64Array;
  readonly #pairs: Pair[][];
  #paired = false;

  constructor(columns: number) {
    this.#columns = columns;
    this.#intercepts = new Float64Array(columns).fill(NaN);
    this.#pairs = Array.from({ length: columns }, () => []);
  }

  /** Takes in what a stage found of its players, one attribution per target. */
  enter(stage: number, { leaves, players }: Front, attributions: readonly Attribution[]): void {
    const played = Array.from(players, (position) => leaves[position] as Branch);
    played.forEach((branch, at) => {
      const found = attributions.map(({ scores, intervals }): Reading => ({ score: scores[at] ?? NaN, interval: intervals?.[at] ?? null }));
      const before = this.#readings.get(branch)?.byTarget;
      const byTarget = found.map((reading, target) => (Number.isNaN(reading.score) ? (before?.[target] ?? reading) : reading));
      this.#readings.set(branch, { stage, byTarget });
    });
    attributions.forEach(({ intercept, interactions }, target) => {
      if (!Number.isNaN(intercept)) this.#intercepts[target] = intercept;
      if (interactions) this.#paired = true;
      for (const { units, score, reading } of interactions ?? []) {
        this.#pairs[target]?.push({ branches: units.map((unit) => played[unit] as Branch), score, reading, stage });
      }
    });
  }

  of(branch: Branch, target: number): Reading {
    return this.#readings.get(branch)?.byTarget[target] ?? NOTHING;
  }

  /** [target][leaf], NaN where there is no score. */
  scores({ leaves }: Front): Float64Array[] {
    return Array.from({ length: this.#columns }, (_, target) => Float64Array.from(leaves, (leaf) => this.of(leaf, target).score));
  }

  /** One attribution per target over all leaves, those of earlier stages among them. */
  attributions(front: Front): Attribution[] {
    const positions = new Map(front.leaves.map((leaf, position) => [leaf, position]));
    const last = (branch: Branch): number => this.#readings.get(branch)?.stage ?? -1;
    return this.scores(front).map((scores, target): Attribution => {
      const readings = front.leaves.map((leaf) => this.of(leaf, target));
      const interactions = (this.#pairs[target] ?? [])
        .filter(({ branches, stage }) => branches.every((branch) => positions.has(branch) && last(branch) === stage))
        .map(({ branches, score, reading }) => ({ units: branches.map((branch) => positions.get(branch) as number), score, reading }));
      return {
        scores,
        intercept: this.#intercepts[target] as number,
        ...(readings.some(({ interval }) => interval) ? { intervals: readings.map(({ interval }) => interval ?? ([NaN, NaN] as const)) } : {}),
        ...(this.#paired ? { interactions } : {}),
      };
    });
  }
}
