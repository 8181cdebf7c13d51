import { expect } from 'vitest';
import type { Result } from '../../src/contract/resource.ts';

/*
 * What holds for the units of every result with levels, and for the scores on them.
 */

type Units = Result['units'];

/** Indexes of the units that each unit was cut into. */
export function partsOf(units: Units): Map<number, number[]> {
  const parts = new Map<number, number[]>();
  for (const { index, parent } of units) if (parent !== null) parts.set(parent, [...(parts.get(parent) ?? []), index]);
  return parts;
}

/** Units that nothing was cut from: put together, the input. */
export function leavesOf(units: Units): Units {
  const parts = partsOf(units);
  return units.filter((unit) => !parts.has(unit.index));
}

/** Holds a result's units to be a tree in the order of the input, and its scores to agree along it. */
export function expectTree({ units, attributions }: Result): void {
  const parts = partsOf(units);
  expect(units.map((unit) => unit.index)).toEqual([...units.keys()]);
  const ends = new Map<string, number>();
  for (const unit of leavesOf(units)) {
    expect(unit.start).toBe(ends.get(unit.at) ?? 0);
    expect(unit.end - unit.start).toBe(Array.from(unit.text).length);
    ends.set(unit.at, unit.end);
  }
  for (const [parent, own] of parts) {
    const whole = units[parent];
    const pieces = own.map((index) => units[index]);
    expect(own.length).toBeGreaterThan(1);
    expect(own.every((index) => index > parent)).toBe(true);
    expect(pieces.map((piece) => piece?.text).join('')).toBe(whole?.text);
    expect(whole?.fixed).toBe(false);
    if (pieces.every((piece) => piece?.at === whole?.at)) {
      expect([pieces[0]?.start, pieces.at(-1)?.end]).toEqual([whole?.start, whole?.end]);
    }
    expect(new Set(pieces.map((piece) => piece?.level)).size).toBe(1);
    expect(pieces[0]?.level).not.toBe(whole?.level);
  }
  for (const { scores, intervals, interactions } of attributions) {
    expect(scores).toHaveLength(units.length);
    if (intervals) expect(intervals).toHaveLength(units.length);
    for (const [parent, own] of parts) {
      const known = own.map((index) => scores[index] ?? null).filter((score) => score !== null);
      if (known.length === own.length) expect(scores[parent]).toBe(known.reduce((sum, score) => sum + score, 0));
    }
    for (const interaction of interactions) expect(interaction.units.every((unit) => units[unit]?.fixed === false)).toBe(true);
    for (const unit of units) if (unit.fixed) expect(scores[unit.index]).toBeNull();
  }
}
