import { readFileSync } from 'node:fs';
import { z } from 'zod';

const rowSchema = z.strictObject({ sentence: z.string(), theirs: z.array(z.string()), ours: z.array(z.string()) });

/** `theirs`: what ICX360 makes of the sentence, derived by hand; pieces put together are the sentence. */
export type Row = z.output<typeof rowSchema>;

export function rows(): Row[] {
  const file = new URL('../../../fixtures/phrases.json', import.meta.url);
  return z.array(rowSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Signs alone are no unit in ICX360 either (they are never taken away), so they go with the piece before. */
export function withSigns(pieces: readonly string[]): string[] {
  const merged: string[] = [];
  for (const piece of pieces) {
    if (/[\p{L}\p{N}]/u.test(piece) || merged.length === 0) merged.push(piece);
    else merged.push(`${merged.pop()}${piece}`);
  }
  return merged;
}

/** Offsets at which a sentence is cut, its ends left out. */
export function borders(pieces: readonly string[]): number[] {
  let at = 0;
  return pieces.slice(0, -1).map((piece) => (at += piece.length));
}

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`);
const shown = (pieces: readonly string[]): string => pieces.map((piece) => piece.trim()).join(' \\| ');

/** The table of docs/phrases.md. */
export function comparison(all: readonly Row[]): string {
  const sum = { theirs: 0, ours: 0, theirBorders: 0, ourBorders: 0, shared: 0 };
  const lines = all.map((row, i) => {
    const theirs = withSigns(row.theirs);
    const known = new Set(borders(theirs));
    const our = borders(row.ours);
    const shared = our.filter((offset) => known.has(offset)).length;
    sum.theirs += theirs.length;
    sum.ours += row.ours.length;
    sum.theirBorders += known.size;
    sum.ourBorders += our.length;
    sum.shared += shared;
    const agreement = `${percent(shared, our.length)} | ${percent(shared, known.size)}`;
    return `| ${i + 1} | ${shown(theirs)} | ${shown(row.ours)} | ${theirs.length} | ${row.ours.length} | ${agreement} |`;
  });
  const agreement = `${percent(sum.shared, sum.ourBorders)} | ${percent(sum.shared, sum.theirBorders)}`;
  const total = `| | all | | ${sum.theirs} | ${sum.ours} | ${agreement} |`;
  const head = ['| | ICX360 | ours | units | units | precision | recall |', '|---|---|---|---|---|---|---|'];
  return [...head, ...lines, total].join('\n');
}
