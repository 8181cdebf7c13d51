import { predict } from '../src/core/faithfulness.ts';
import { halfMasks } from '../src/core/masks.ts';
import { methods } from '../src/core/methods/index.ts';
import { createRng, gaussian } from '../src/core/rng.ts';
import { mean, spearman } from '../src/core/statistics.ts';
import type { Attribution, Mask, Method } from '../src/core/types.ts';
import { KINDS, makeGame, type Kind, type SyntheticGame } from './games.ts';

/*
 * Games whose truth is known: how well each method ranks fresh masks (LDS) and finds the units that matter, at equal
 * numbers of evaluations. ContextCite is `lasso` with α = 0.01 and as many masks as there are calls.
 *
 *   node bench/synthetic.ts [games per row, default 40] [units, e.g. 20,60] [noises, e.g. 0.5] [calls, e.g. 32,64]
 */
export interface Settings {
  games: number;
  units: readonly number[];
  noises: readonly number[];
  calls: readonly number[];
}

export const DEFAULTS: Settings = { games: 40, units: [20, 60, 200], noises: [0, 0.5], calls: [32, 64, 128, 256] };
const FRESH_MASKS = 256;
/** Effects smaller than this are not among the units that a method has to find. */
const MATTERS = 0.25;

/** A method as it plays: with everything it may spend, and for `auto` also as it stops by itself. */
interface Player {
  name: string;
  method: Method;
  options(calls: number): unknown;
}

const players: Player[] = methods.flatMap((method): Player[] => {
  if (method.id === 'lasso') return [{ name: 'ContextCite', method, options: (calls) => ({ num_masks: calls }) }];
  if (method.id !== 'auto') return [{ name: method.id, method, options: () => ({}) }];
  return [
    { name: 'auto', method, options: () => ({ early_stop: false }) },
    { name: 'auto, stopping', method, options: () => ({}) },
  ];
});

interface Outcome {
  lds: number;
  recall: number;
  calls: number;
}

/** What one player makes of one game; null when it cannot serve so many units with so few calls. */
function play(player: Player, game: SyntheticGame, calls: number, seed: number): Outcome | null {
  const options = player.method.options.parse(player.options(calls));
  const { n, noise } = game;
  if (player.method.evaluations(n, options, calls) > calls) return null;
  const noises = createRng(seed, `noise ${calls}`);
  const observe = (mask: Mask): Float64Array => Float64Array.of(game.value(mask) + noise * gaussian(noises));
  const run = player.method.run({ n, columns: 1, weights: Float64Array.of(1), rng: createRng(seed, `masks ${calls}`) }, options, calls);
  let asked = 0;
  let step = run.next();
  while (step.done !== true) {
    asked += step.value.masks.length;
    step = run.next(step.value.masks.map(observe));
  }
  const attribution = step.value.attributions[0] as Attribution;
  const fresh = createRng(seed, 'fresh masks');
  const masks = halfMasks(n, FRESH_MASKS, fresh);
  const seen = masks.map((mask) => game.value(mask) + noise * gaussian(fresh));
  const lds = spearman(masks.map((mask) => predict(attribution, mask)), seen);
  return { lds: Number.isNaN(lds) ? 0 : lds, recall: recall(game.effects, attribution.scores), calls: asked };
}

/** Share of the (at most five) largest true effects that are among the five largest scores. */
function recall(effects: Float64Array, scores: Float64Array): number {
  const largest = (values: Float64Array): number[] =>
    [...values.keys()].sort((i, j) => Math.abs(values[j] ?? 0) - Math.abs(values[i] ?? 0)).slice(0, 5);
  const wanted = largest(effects).filter((i) => Math.abs(effects[i] ?? 0) >= MATTERS);
  const found = new Set(largest(scores));
  return wanted.filter((i) => found.has(i)).length / wanted.length;
}

interface Row {
  kind: Kind;
  n: number;
  noise: number;
  calls: number;
  /** By player; null = cannot serve. */
  means: Map<string, Outcome | null>;
}

function playRow(kind: Kind, n: number, noise: number, calls: number, games: number): Row {
  const means = new Map(players.map((player): [string, Outcome | null] => {
    const outcomes = Array.from({ length: games }, (_, seed) => play(player, makeGame(kind, n, noise, seed), calls, seed));
    const served = outcomes.filter((outcome) => outcome !== null);
    const average = (of: (outcome: Outcome) => number): number => mean(served.map(of));
    return [player.name, served.length === 0 ? null : { lds: average((o) => o.lds), recall: average((o) => o.recall), calls: average((o) => o.calls) }];
  }));
  return { kind, n, noise, calls, means };
}

/** Plays every row and gives the page's section in Markdown. */
export async function run(settings: Settings = DEFAULTS): Promise<string> {
  const rows: Row[] = [];
  for (const noise of settings.noises) {
    for (const n of settings.units) {
      for (const kind of KINDS) {
        for (const calls of settings.calls) rows.push(playRow(kind, n, noise, calls, settings.games));
        // A long suite: let whoever watches breathe.
        await Promise.resolve();
      }
    }
  }
  return page(rows, settings);
}

function page(rows: readonly Row[], settings: Settings): string {
  const names = players.map(({ name }) => name);
  const cell = (outcome: Outcome | null | undefined): string => {
    return outcome ? `${outcome.lds.toFixed(3)} · ${outcome.recall.toFixed(2)} · ${Math.round(outcome.calls)}` : '–';
  };
  const table = rows.map(({ kind, n, noise, calls, means }) =>
    `| ${[kind, n, noise, calls, ...names.map((name) => cell(means.get(name)))].join(' | ')} |`);
  return [
    '## Synthetic games',
    '',
    `${settings.games} games per row with fixed seeds. Each cell: LDS (Spearman's correlation of predicted and seen values on ${FRESH_MASKS} fresh`,
    'masks) · share of the five largest effects found · evaluations used. A dash: not possible with so few.',
    '',
    `| ${['game', 'n', 'noise', 'calls', ...names].join(' | ')} |`,
    `|${'---|'.repeat(4 + names.length)}`,
    ...table,
    '',
    ...goals(rows),
    '',
  ].join('\n');
}

/** The goals of the product, each with what was measured. */
function goals(rows: readonly Row[]): string[] {
  const lds = (row: Row, name: string): number => row.means.get(name)?.lds ?? Number.NaN;
  const goal = (kind: Kind, calls: number, least: number): string[] => rows
    .filter((row) => row.kind === kind && row.calls === calls && row.n === 60 && row.noise === 0.5)
    .map((row) => `- ${kind}, 60 units, noise 0.5, ${calls} calls: LDS at least ${least}: ${lds(row, 'auto').toFixed(3)} ${lds(row, 'auto') >= least ? 'met' : 'MISSED'}`);
  const behind = rows.filter((row) => lds(row, 'auto') < lds(row, 'ContextCite'));
  return [
    ...goal('additive', 64, 0.92),
    ...goal('redundant pair', 64, 0.935),
    ...goal('joint pair', 64, 0.935),
    ...goal('redundant pair', 128, 0.955),
    ...goal('joint pair', 128, 0.955),
    `- never below ContextCite at equal calls: ${behind.length === 0 ? 'met' : 'MISSED'} (${behind.length} of ${rows.length} rows)`,
    ...behind.map(({ kind, n, noise, calls }) => `  - ${kind}, ${n} units, noise ${noise}, ${calls} calls`),
  ];
}

/** A list of numbers from the command line. */
function numbers(text: string | undefined, otherwise: readonly number[]): readonly number[] {
  return text === undefined ? otherwise : text.split(',').map(Number);
}

if (import.meta.main) {
  const [games, units, noises, calls] = process.argv.slice(2);
  const settings: Settings = {
    games: games === undefined ? DEFAULTS.games : Number(games),
    units: numbers(units, DEFAULTS.units),
    noises: numbers(noises, DEFAULTS.noises),
    calls: numbers(calls, DEFAULTS.calls),
  };
  process.stdout.write(await run(settings));
}
