import { meanKnown, type CheckReport, type CurveFigures, type RationaleFigures } from './report.ts';
import { LIMIT } from './steps.ts';

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const inWords = (count: number) => NUMBERS[count] ?? String(count);
const percent = (share: number) => `${Math.round(100 * share)} %`;

/** What rounding can make of a difference of the report's values. */
const noiseOf = ({ full, empty }: CheckReport) => 1e-9 * Math.max(Math.abs(full ?? 0), Math.abs(empty ?? 0));

/** Writes numbers of one sentence to as many decimals as give the largest three digits: what is nothing beside it is 0. */
function writerFor(values: readonly (number | null)[]): (value: number) => string {
  const largest = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  const decimals = largest === 0 ? 0 : Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(largest))));
  return (value) => String(Number(value.toFixed(decimals)));
}

/** What happens to the value when it falls by so much: "lowers the value by 2". */
function change(drop: number, write: (value: number) => string, verbs: readonly [string, string, string], value: string): string {
  const [lower, raise, leave] = verbs;
  const size = write(Math.abs(drop));
  return size === '0' ? `${leave} ${value} as it is` : `${drop > 0 ? lower : raise} ${value} by ${size}`;
}

const ONE = ['lowers', 'raises', 'leaves'] as const;
const MANY = ['lower', 'raise', 'leave'] as const;

function topK(report: CheckReport): string[] {
  const { topK: entries, full, empty, n } = report;
  const telling = (entries ?? []).filter(({ k, drop }) => k < n && drop !== null);
  const shown = telling.find(({ k }) => k === 3) ?? telling.toSorted((a, b) => b.k - a.k)[0];
  if (!shown || shown.drop === null || full === null || empty === null) return [];
  const { k, drop, random } = shown;
  const whole = full - empty;
  const noise = noiseOf(report);
  const write = writerFor([drop, whole, random, noise]);
  const units = k === 1 ? 'the highest unit' : `the ${inWords(k)} highest units`;
  const part = Number(write(drop)) > 0 && drop <= whole + noise;
  const ofAll = part ? ` of the ${write(whole)} that taking everything away does` : `, taking everything away ${change(whole, write, ONE, 'it')}`;
  const chance = random === null ? '' : `; ${k === 1 ? 'a random one' : `${inWords(k)} random ones`} ${change(random, write, k === 1 ? ONE : MANY, 'it')}`;
  return [`Taking ${units} away ${change(drop, write, ONE, 'the value')}${ofAll}${chance}.`];
}

function curve(found: CurveFigures | null, noise: number, done: string, height: string): string[] {
  if (!found || found.aupc === null) return [];
  const random = meanKnown(found.random.aupc.map((area) => area ?? NaN));
  const reverse = found.reverse.aupc;
  const write = writerFor([found.aupc, reverse, Number.isNaN(random) ? 0 : random, noise]);
  const others = [Number.isNaN(random) ? '' : `${write(random)} in random order`, reverse === null ? '' : `${write(reverse)} with the lowest first`];
  const held = others.filter((text) => text !== '').join(', ');
  return [`While the first ${percent(LIMIT)} of the text is ${done} by score, the ${height} is ${write(found.aupc)} on average${held === '' ? '' : `; ${held}`}.`];
}

/** "the two highest units (18 % of the text)" */
const named = ({ units, size }: RationaleFigures) => `the ${units.length === 1 ? 'highest unit' : `${inWords(units.length)} highest units`} (${percent(size)} of the text)`;

function sufficiency(found: RationaleFigures | null): string[] {
  if (!found || found.share === null) return [];
  return [`With nothing but ${named(found)}, ${percent(found.share)} of the drop that taking everything away makes is avoided.`];
}

function necessity(found: RationaleFigures | null): string[] {
  if (!found || found.share === null) return [];
  return [`Without ${named(found)}, the value drops by ${percent(found.share)} of what it does when everything is taken away.`];
}

/** The figures of the checks in plain words, a sentence each; values are in the scorer's unit. */
export function wordsOf(report: CheckReport): string[] {
  const lost = report.missing === 0 ? [] : [`${report.missing} of the ${report.needed} evaluations that the checks needed are missing: what hangs on them is null.`];
  return [
    ...topK(report),
    ...curve(report.deletion, noiseOf(report), 'taken away', 'drop'),
    ...curve(report.insertion, noiseOf(report), 'put back', 'rise'),
    ...sufficiency(report.sufficiency),
    ...necessity(report.necessity),
    ...lost,
  ];
}
