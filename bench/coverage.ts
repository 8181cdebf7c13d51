import { KINDS, type Kind } from './games.ts';
import { coverageOf, pool, tallyOf, type Contender, type Coverage, type Tally } from './coverage-games.ts';
import { flagsOf, JOBS, type Flags } from '../test/helpers/deaf-jobs.ts';

/*
 * Whether 95 % intervals are what they say: on games whose truth is known, how many hold it; on a model that ignores its
 * prompt, how many units are flagged although there is nothing to find.
 *
 *   node bench/coverage.ts [games of each kind, default 40] [jobs of each method, default 200] [methods, e.g. auto,shapley]
 */
interface Settings {
  /** Of each of the five kinds. */
  games: number;
  jobs: number;
  /** Names of contenders; all when empty. */
  only: readonly string[];
}

const DEFAULTS: Settings = { games: 40, jobs: JOBS, only: [] };
const UNITS = [20, 60];
const CALLS = [64, 128, 256];
const LEAST = 0.93;
const MOST = 0.97;
/** Units of a model that ignores its prompt that may be flagged. */
const FLAGGED = 0.05;

interface Entry {
  contender: (calls: number) => Contender;
  noises: readonly number[];
}

const ENTRIES: readonly Entry[] = [
  { noises: [0.5], contender: () => ({ name: 'auto', id: 'auto', options: {}, covers: 'effects' }) },
  { noises: [0.5, 0], contender: () => ({ name: 'auto, early_stop false', id: 'auto', options: { early_stop: false }, covers: 'effects' }) },
  { noises: [0.5, 0], contender: (calls) => ({ name: 'lasso', id: 'lasso', options: { num_masks: calls }, covers: 'effects' }) },
  { noises: [0.5, 0], contender: (calls) => ({ name: 'lasso, alpha cv', id: 'lasso', options: { num_masks: calls, alpha: 'cv' }, covers: 'effects' }) },
  { noises: [0.5, 0], contender: () => ({ name: 'shapley', id: 'shapley', options: {}, covers: 'shapley' }) },
  { noises: [0.5, 0], contender: () => ({ name: 'banzhaf', id: 'banzhaf', options: {}, covers: 'effects' }) },
];

const CAUTIOUS = [
  '- cautious: without noise, only effects of three or more units leave `shapley` anything to estimate. One walk shows a unit of',
  '  three half the group\'s effect with probability 2/3 and nothing otherwise, so its score from w walks takes one of w + 1',
  '  values: of six walks (20 units, 256 calls) an interval can be right for 98.2 % or for at most 91.2 %, of three (units that',
  '  did the same in all of up to three walks, while others did not, have no interval) for all or two thirds, of two for all',
  '  or none. 93 to 97 % is not to be had there; the wider interval is given.',
];

interface Row {
  name: string;
  n: number;
  noise: number;
  calls: number;
  kinds: { kind: Kind; tally: Tally }[];
}

/** Plays everything and gives the page's section in Markdown. */
export async function run(settings: Settings = DEFAULTS): Promise<string> {
  const { games, jobs, only } = settings;
  const rows = ENTRIES.flatMap(({ contender, noises }) => noises.flatMap((noise) => UNITS.flatMap((n) => CALLS.flatMap((calls): Row[] => {
    const player = contender(calls);
    if (only.length > 0 && !only.includes(player.id)) return [];
    const kinds = KINDS.flatMap((kind) => {
      const tally = tallyOf(player, kind, n, noise, calls, games);
      return tally ? [{ kind, tally }] : [];
    });
    return kinds.length > 0 ? [{ name: player.name, n, noise, calls, kinds }] : [];
  }))));
  const flags = jobs > 0 ? await flagsOf(jobs) : [];
  return page(rows, flags, settings);
}

function page(rows: readonly Row[], flags: readonly Flags[], { games, jobs }: Settings): string {
  const verdicts = rows.map(verdict);
  const missed = verdicts.filter((text) => text === 'MISSED').length;
  const cautious = verdicts.filter((text) => text === 'cautious').length;
  return [
    '## Intervals',
    '',
    `How many 95 % intervals hold the truth, over all units of ${games * KINDS.length} games per row (${games} of each kind, fixed seeds): the effect`,
    'of a unit averaged over half masks, for `shapley` the Shapley value. ± is the tolerance: two standard errors of the',
    'share itself, between games, since the units of a game share its masks and its noise. A row is met from 93 to 97 %,',
    'within the error when it is outside by no more than its tolerance; a cell that is outside by more has a star. Estimates',
    'that are exact (which noise 0 allows) have nothing to cover and are left out: their number stands in the last column,',
    'with that of the units that were given no interval.',
    '',
    `| method | n | noise | calls | ${KINDS.join(' | ')} | all | | exact · none |`,
    `|${'---|'.repeat(KINDS.length + 7)}`,
    ...rows.map((row, at) => line(row, verdicts[at] as string)),
    '',
    `- 93 to 97 %: ${rows.length - missed - cautious} of ${rows.length} rows met, ${missed} missed, ${cautious} cautious`,
    ...(cautious > 0 ? CAUTIOUS : []),
    ...(flags.length > 0 ? flagged(flags, jobs) : []),
    '',
  ].join('\n');
}

function pooled({ kinds }: Row): Tally {
  return pool(kinds.map(({ tally }) => tally));
}

function line(row: Row, said: string): string {
  const all = pooled(row);
  const cells = KINDS.map((kind) => {
    const own = row.kinds.find((each) => each.kind === kind);
    const coverage = own ? coverageOf(own.tally) : null;
    return `${cell(coverage)}${coverage && !within(coverage) ? '\\*' : ''}`;
  });
  return `| ${[row.name, row.n, row.noise, row.calls, ...cells, cell(coverageOf(all)), said, `${all.exact} · ${all.none}`].join(' | ')} |`;
}

function cell(coverage: Coverage | null): string {
  return coverage ? `${percent(coverage.share)} ± ${percent(coverage.tolerance)}` : 'exact';
}

function within({ share, tolerance }: Coverage): boolean {
  return share >= LEAST - tolerance && share <= MOST + tolerance;
}

function verdict(row: Row): string {
  const coverage = coverageOf(pooled(row));
  if (!coverage || (coverage.share >= LEAST && coverage.share <= MOST)) return 'met';
  if (row.noise === 0 && row.name === 'shapley' && coverage.share > MOST) return 'cautious';
  return within(coverage) ? 'met within the error' : 'MISSED';
}

function flagged(flags: readonly Flags[], jobs: number): string[] {
  return [
    '',
    `A model server that ignores the prompt, asked over HTTP by ${jobs} jobs of each method: its log-probabilities vary from call`,
    'to call by noise, or its answers do. How many units have an interval without 0:',
    '',
    '| method | scorer | jobs | units | flagged | |',
    '|---|---|---|---|---|---|',
    ...flags.map(({ method, scorer, jobs: own, units, found }) => {
      const share = found / units;
      const tolerance = 2 * Math.sqrt((FLAGGED * (1 - FLAGGED)) / units);
      const said = share <= FLAGGED ? 'met' : share <= FLAGGED + tolerance ? 'met within the error' : 'MISSED';
      return `| ${method} | ${scorer} | ${own} | ${units} | ${percent(share)} (at most ${percent(FLAGGED)} ± ${percent(tolerance)}) | ${said} |`;
    }),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

if (import.meta.main) {
  const [games, jobs, only] = process.argv.slice(2);
  process.stdout.write(await run({
    games: games === undefined ? DEFAULTS.games : Number(games),
    jobs: jobs === undefined ? DEFAULTS.jobs : Number(jobs),
    only: only?.split(',') ?? [],
  }));
}
