import type { Outcome, TokenGrid } from '../../core/types.ts';
import { ProblemError } from '../../errors.ts';
import type { Cut } from '../../service/ports.ts';

/** Tokens of an answer as a server weighed them under one call: where each ends (UTF-16), and its log-probability. */
export interface Reading {
  ends: readonly number[];
  logprobs: readonly number[];
}

/**
 * How many tokens each stretch between common boundaries takes, in order. The first token that reaches a boundary ends
 * the stretch: tokens without characters after it hold bytes of the next character. What follows the last boundary is
 * the last stretch's.
 */
function counts(ends: ArrayLike<number>, boundaries: readonly number[]): number[] {
  const result = boundaries.map(() => 0);
  let stretch = 0;
  for (const end of Array.from(ends)) {
    const last = boundaries.length - 1;
    result[stretch] = (result[stretch] ?? 0) + 1;
    if (end >= (boundaries[stretch] ?? 0)) stretch = Math.min(last, stretch + 1);
  }
  return result;
}

/**
 * A reading on the grid of the reference completion. Where the server cut as the grid does, each token keeps its own
 * value; where it cut otherwise, the sum over each stretch between common boundaries is exact and is shared out
 * equally among the grid's tokens in it.
 * @returns null when the reading does not end where the grid does, or holds no number
 */
export function layOnGrid({ ends, logprobs }: Reading, grid: Int32Array): Float64Array | null {
  if (ends.length !== logprobs.length || ends.length === 0 || ends.at(-1) !== grid.at(-1) || !logprobs.every(Number.isFinite)) {
    return null;
  }
  if (ends.length === grid.length && ends.every((end, index) => end === grid[index])) return Float64Array.from(logprobs);
  const own = new Set(ends);
  const boundaries = [...new Set(grid)].filter((end) => end > 0 && own.has(end));
  const mine = counts(ends, boundaries);
  const theirs = counts(grid, boundaries);
  const laid = new Float64Array(grid.length);
  let from = 0;
  let at = 0;
  boundaries.forEach((_, stretch) => {
    const [taken, given] = [mine[stretch] ?? 0, theirs[stretch] ?? 0];
    const values = logprobs.slice(from, from + taken);
    const same = taken === given && values.every((_value, index) => ends[from + index] === grid[at + index]);
    const share = values.reduce((sum, value) => sum + value, 0) / given;
    for (let index = 0; index < given; index += 1) laid[at + index] = same ? (values[index] ?? 0) : share;
    from += taken;
    at += given;
  });
  return laid;
}

/** The outcome that a reading is on a grid; null is a reply whose tokens are not the answer's. */
export function weighed(reading: Reading | null, grid: TokenGrid): Outcome {
  const logprobs = reading && layOnGrid(reading, grid.ends);
  return logprobs
    ? { kind: 'weighed', logprobs }
    : { kind: 'failed', reason: 'malformed: the tokens weighed are not those of the answer' };
}

/** The grid that a first reading defines. @throws ProblemError scorer_unavailable */
export function gridOf(reading: Reading | null): Cut {
  if (reading) {
    const whole = reading.logprobs.every(Number.isFinite);
    return { ends: Int32Array.from(reading.ends), logprobs: whole ? Float64Array.from(reading.logprobs) : null };
  }
  throw new ProblemError(
    'scorer_unavailable',
    'the endpoint does not weigh this answer as it was given (its template may trim or close it): use a text scorer',
  );
}
