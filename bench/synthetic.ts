import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { mean } from '../src/core/statistics.ts';
import { KINDS, type Kind } from './games.ts';
import { FRESH_MASKS, type Plan, type Score, type Scores, type Task } from './play.ts';

/*
 * Games whose truth is known: how well each method ranks fresh masks and finds the units that matter, at equal numbers
 * of evaluations. ContextCite is the method `lasso` with its α of 0.01 and as many masks as there are calls.
 *
 *   node bench/synthetic.ts [games per row, default 40] [units, e.g. 20,60] [noises, e.g. 0.5] [calls, e.g. 32,64]
 */
export interface Settings {
  games: number;
  units: readonly number[];
  noises: readonly number[];
  calls: readonly number[];
}

const DEFAULTS: Settings = { games: 40, units: [20, 60, 200], noises: [0, 0.5], calls: [32, 64, 128, 256] };

/** Budgets within which `auto` stops by itself, and the share of them that it may use on sparse games. */
const STOPPING = [64, 128];
const STOPPED_SHARE = 0.6;
/** Units in groups of ten, and the calls within which the three that matter are to be found: a quarter of leave-one-out's. */
const GROUPED_UNITS = 200;
const GROUPED_CALLS = 50;

interface Row extends Task {
  scores: Scores;
}

/** Plays every row, on all cores, and gives the page's section in Markdown. */
export async function run(settings: Settings = DEFAULTS): Promise<string> {
  return page(await playAll(tasksOf(settings)), settings);
}

function tasksOf({ games, units, noises, calls }: Settings): Task[] {
  return noises.flatMap((noise): Task[] => [
    ...units.flatMap((n): Task[] => [
      ...KINDS.flatMap((kind): Task[] => [
        ...calls.map((count): Task => ({ plan: 'fixed', kind, n, noise, calls: count, games })),
        { plan: 'open', kind, n, noise, calls: Infinity, games: openGames(games) },
      ]),
      ...STOPPING.map((count): Task => ({ plan: 'settled', kind: 'sparse', n, noise, calls: count, games })),
    ]),
    { plan: 'grouped', kind: 'sparse', n: GROUPED_UNITS, noise, calls: GROUPED_CALLS, games },
  ]);
}

/** An open budget is long rounds of fits; a quarter of the games shows where it stops. */
function openGames(games: number): number {
  return Math.ceil(games / 4);
}

/** The tasks, each with its scores, in their order. Every thread takes the next task when it has ended one. */
async function playAll(tasks: readonly Task[]): Promise<Row[]> {
  const rows: Row[] = [];
  // The long games first, so that no thread is left alone with one.
  const waiting = [...tasks.entries()].sort(([, a], [, b]) => a.n - b.n);
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, async () => {
    const thread = new Worker(new URL('./play-worker.ts', import.meta.url));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [at, task] = next;
      const scores = new Promise<Scores>((resolve, reject) => {
        thread.once('message', resolve);
        thread.once('error', reject);
      });
      thread.postMessage(task);
      rows[at] = { ...task, scores: await scores };
      thread.removeAllListeners('error');
    }
    await thread.terminate();
  }));
  return rows;
}

function page(rows: readonly Row[], { games }: Settings): string {
  const of = (plan: Plan): Row[] => rows.filter((row) => row.plan === plan);
  const fixed = of('fixed');
  const names = Object.keys(fixed[0]?.scores ?? {});
  return [
    '## Synthetic games',
    '',
    `${games} games per row with fixed seeds. Each cell: LDS (Spearman's correlation of predicted and seen values on`,
    `${FRESH_MASKS} fresh masks) · share of the five largest effects found · evaluations used. A dash: not possible with`,
    'so few. `auto` spends all calls here, and C-LIME asks for as many (by itself ten for each unit).',
    '',
    ...table(['game', 'n', 'noise', 'calls', ...names], fixed.map(({ kind, n, noise, calls, scores }) =>
      [kind, n, noise, calls, ...names.map((name) => cell(scores[name]))])),
    '',
    `\`auto\` with an open budget, stopping by itself when the ranking is settled (${openGames(games)} games per row):`,
    '',
    ...table(['game', 'n', 'noise', 'auto'], of('open').map(({ kind, n, noise, scores }) =>
      [kind, n, noise, cell(scores['auto'])])),
    '',
    '`auto` stopping by itself within a budget, and ContextCite with all of it, on sparse games:',
    '',
    ...table(['n', 'noise', 'budget', 'auto', 'ContextCite'], of('settled').map(({ n, noise, calls, scores }) =>
      [n, noise, calls, cell(scores['auto']), cell(scores['ContextCite'])])),
    '',
    `Three of ${GROUPED_UNITS} units matter, in groups of ten that \`auto\` is told of or not:`,
    '',
    ...table(['n', 'noise', 'budget', 'auto', 'auto without groups'], of('grouped').map(({ n, noise, calls, scores }) =>
      [n, noise, calls, cell(scores['auto']), cell(scores['auto without groups'])])),
    '',
    ...goals(fixed),
    ...of('settled').map(stopGoal),
    ...of('grouped').map(groupGoal),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows.map((row) => `| ${row.join(' | ')} |`)];
}

function cell(score: Score | null | undefined): string {
  return score ? `${score.lds.toFixed(3)} · ${score.recall.toFixed(2)} · ${Math.round(score.calls)}` : '–';
}

function verdict(met: boolean): string {
  return met ? 'met' : 'MISSED';
}

/**
 * A settled stop saves calls and finds as much: recalls are equal when their difference, game by game, is within two of
 * its standard errors.
 */
function stopGoal({ n, noise, calls, scores }: Row): string {
  const [own, other] = [scores['auto'], scores['ContextCite']];
  const share = (own?.calls ?? Number.NaN) / calls;
  const [found, fixed] = [own?.recall ?? Number.NaN, other?.recall ?? Number.NaN];
  const error = standardError(own?.recalls.map((recall, game) => recall - (other?.recalls[game] ?? Number.NaN)) ?? []);
  const said = `${Math.round(100 * share)} % of the calls, recall ${found.toFixed(4)} beside ${fixed.toFixed(4)} (difference ± ${error.toFixed(4)})`;
  const enough = `at most ${100 * STOPPED_SHARE} %: ${verdict(share <= STOPPED_SHARE)}`;
  const equal = found >= fixed ? 'met' : found - fixed >= -2 * error ? 'met (equal within two standard errors)' : 'MISSED';
  return `- sparse, ${n} units, noise ${noise}, settled stop within ${calls}: ${said}; ${enough}; recall no lower: ${equal}`;
}

function standardError(differences: readonly number[]): number {
  const centre = mean(differences);
  const squares = differences.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (differences.length - 1) / differences.length);
}

function groupGoal({ n, noise, calls, scores }: Row): string {
  const [told, other] = [scores['auto'], scores['auto without groups']];
  const [recall, used] = [told?.recall ?? Number.NaN, told?.calls ?? Number.NaN];
  const said = `recall ${recall.toFixed(4)}, all found: ${verdict(recall === 1)}; ${used.toFixed(1)} calls`;
  const without = other?.calls ?? Number.NaN;
  return `- groups, ${n} units, noise ${noise}, ${calls} calls: ${said}, ${without.toFixed(1)} without groups`;
}

/** The goals of the product, each with what was measured. */
function goals(rows: readonly Row[]): string[] {
  const lds = ({ scores }: Row, name: string): number => scores[name]?.lds ?? Number.NaN;
  const goal = (kind: Kind, calls: number, least: number): string[] => rows
    .filter((row) => row.kind === kind && row.calls === calls && row.n === 60 && row.noise === 0.5)
    .map((row) => {
      const reached = lds(row, 'auto');
      const said = `LDS ${reached.toFixed(3)}, at least ${least}: ${verdict(reached >= least)}`;
      return `- ${kind}, 60 units, noise 0.5, ${calls} calls: ${said}`;
    });
  const behind = rows.filter((row) => lds(row, 'auto') < lds(row, 'ContextCite'));
  return [
    ...goal('additive', 64, 0.92),
    ...goal('redundant pair', 64, 0.935),
    ...goal('joint pair', 64, 0.935),
    ...goal('redundant pair', 128, 0.955),
    ...goal('joint pair', 128, 0.955),
    `- \`auto\` never below ContextCite at equal calls (${rows.length} rows): ${verdict(behind.length === 0)}`,
    ...behind.map((row) => {
      const [own, other] = ['auto', 'ContextCite'].map((name) => lds(row, name).toFixed(4));
      return `  - ${row.kind}, ${row.n} units, noise ${row.noise}, ${row.calls} calls: ${own} against ${other}`;
    }),
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
