import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { methodById, methods } from '../../src/core/methods/index.ts';
import { createRng, gaussian } from '../../src/core/rng.ts';
import type { Attribution, Finding, Game, Mask, Method } from '../../src/core/types.ts';

const tests = new URL('../unit/core/methods/', import.meta.url);
const docs = readFileSync(new URL('../../docs/methods.md', import.meta.url), 'utf8');

const BUDGETS = [1, 2, 5, 8, 13, 16, 20, 31, 32, 45, 64, 100, 200, Infinity];
/** What the first target shows decides what is asked next, so that more targets may be told more. */
const ADAPTIVE = new Set(['auto']);
/** What they find of a sum of two games is the sum of what they find of each. */
const LINEAR = new Set(['leave-one-out', 'clime', 'lshap', 'shapley', 'banzhaf', 'owen']);
/** A unit that never changes the value gets 0 of these, whatever else happens in the game. */
const EXACT = new Set(['leave-one-out', 'lshap', 'shapley', 'owen']);

type ValueOf = (mask: Mask) => number;

interface Played {
  finding: Finding;
  masks: Mask[];
  values: Float64Array[];
  promised: number;
}

const gameOf = (n: number, columns: number, seed: number): Game =>
  ({ n, columns, weights: new Float64Array(columns).fill(1), rng: createRng(seed, 'method') });

/** Plays a method with its default options, and holds what every run must keep to. */
function play(method: Method, n: number, columns: readonly ValueOf[], budget = Infinity, seed = 1): Played {
  const options = method.options.parse({});
  const promised = method.evaluations(n, options, budget);
  const run = method.run(gameOf(n, columns.length, seed), options, budget);
  const masks: Mask[] = [];
  const values: Float64Array[] = [];
  const asked: string[] = [];
  const sent: string[] = [];
  let step = run.next();
  while (step.done !== true) {
    expect(step.value.masks.length).toBeGreaterThan(0);
    const soFar = step.value.soFar;
    if (soFar) shaped(soFar, n, columns.length);
    const fresh = step.value.masks.map((mask) => Float64Array.from(columns, (value) => value(mask)));
    masks.push(...step.value.masks);
    asked.push(...step.value.masks.map(String));
    values.push(...fresh);
    sent.push(...fresh.map(String));
    step = run.next(fresh);
  }
  expect(masks.map(String)).toEqual(asked);
  expect(values.map(String)).toEqual(sent);
  expect(masks.every((mask) => mask.length === n && mask.every((bit) => bit === 0 || bit === 1))).toBe(true);
  expect(masks.length).toBeLessThanOrEqual(promised);
  shaped(step.value.attributions, n, columns.length);
  return { finding: step.value, masks, values, promised };
}

/** One attribution per target, one score per unit, every score inside its interval, every interaction of two units. */
function shaped(attributions: readonly Attribution[], n: number, columns: number): void {
  expect(attributions).toHaveLength(columns);
  for (const { scores, intervals, interactions } of attributions) {
    expect(scores).toHaveLength(n);
    if (intervals) expect(intervals).toHaveLength(n);
    intervals?.forEach(([low, high], unit) => {
      const score = scores[unit] as number;
      if (!Number.isNaN(score) && !Number.isNaN(low)) expect(low <= score && score <= high, `${score} in [${low}, ${high}]`).toBe(true);
    });
    for (const { units: [first, second], score } of interactions ?? []) {
      expect((first as number) >= 0 && (first as number) < (second as number) && (second as number) < n).toBe(true);
      expect(Number.isFinite(score)).toBe(true);
    }
  }
}

const first = ({ finding }: Played): Attribution => finding.attributions[0] as Attribution;
const weighed = (weights: readonly number[]): ValueOf => (mask) => weights.reduce((sum, weight, unit) => sum + weight * (mask[unit] as number), 1);
/** A value of its own for every mask, between −1 and 1. */
const rough = (seed: number): ValueOf => (mask) => 2 * createRng(seed, mask.join(''))() - 1;
/** Strong and weak units, a pair of which either suffices, and one that is needed together. */
const mixed: ValueOf = (mask) =>
  weighed([4, 0, 2, -1])(mask) + 3 * Math.max(mask[0] as number, mask[1] as number) + 2 * (mask[2] as number) * (mask[3] as number);

function expectClose(seen: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(seen.length).toBe(wanted.length);
  Array.from(wanted, (value, at) => expect(Math.abs((seen[at] as number) - value)).toBeLessThanOrEqual(tolerance));
}

describe('the registry', () => {
  it('has ids and titles of its own for every method, auto first', () => {
    expect(new Set(methods.map(({ id }) => id)).size).toBe(methods.length);
    expect(new Set(methods.map(({ title }) => title)).size).toBe(methods.length);
    expect(methods[0]?.id).toBe('auto');
    for (const method of methods) expect(methodById(method.id)).toBe(method);
    expect(methodById('nothing')).toBeUndefined();
  });

  it.each(methods.map(({ id }) => id))('%s has a file, a test and a row of docs', (id) => {
    expect(readdirSync(new URL('../../src/core/methods/', import.meta.url))).toContain(`${id}.ts`);
    expect(existsSync(new URL(`${id}.test.ts`, tests))).toBe(true);
    expect(docs).toMatch(new RegExp(`^\\| \`${id}\` \\|`, 'm'));
  });
});

describe.each(methods.map((method) => [method.id, method] as const))('%s', (_, method) => {
  it('has a default for every option, and refuses one that it does not know', () => {
    expect(method.options.safeParse({}).success).toBe(true);
    expect(method.options.safeParse({ no_such_option: 1 }).success).toBe(false);
    expect(method.title.length).toBeGreaterThan(10);
  });

  it('never asks more than it said, for any size and budget', () => {
    for (let n = 1; n <= 12; n++) {
      for (const budget of BUDGETS) {
        const { promised } = play(method, n, [n < 4 ? rough(n) : mixed], budget, n);
        expect(Number.isInteger(promised) && promised > 0).toBe(true);
        expect(method.evaluations(n, method.options.parse({}), budget)).toBe(promised);
      }
    }
  });

  it('says the same for the same seed', () => {
    for (const n of [3, 9, 14]) {
      const value = n < 4 ? rough(1) : mixed;
      const [once, again] = [play(method, n, [value, rough(2)], 80, 5), play(method, n, [value, rough(2)], 80, 5)];
      expect(again.masks).toEqual(once.masks);
      expect(again.finding).toEqual(once.finding);
    }
  });

  it('finds the effect of a lone unit, and of two', () => {
    expectClose(first(play(method, 1, [weighed([4])])).scores, [4], 0.2);
    expectClose(first(play(method, 2, [weighed([4, -3])])).scores, [4, -3], 0.2);
  });

  it('scores are positive where taking the unit away lowers the value, largest where it does most', () => {
    for (const n of [5, 8, 12, 20]) {
      // Whoever does nothing comes behind those who do something.
      const weights = Array.from({ length: n }, (__, unit) => (unit === 1 ? 40 : unit === 3 ? -20 : unit === 4 ? 10 : 0));
      const { scores } = first(play(method, n, [weighed(weights)], 200));
      const order = [...scores.keys()].sort((i, j) => Math.abs(scores[j] as number) - Math.abs(scores[i] as number));
      expect(order.slice(0, 3)).toEqual([1, 3, 4]);
      expect([1, 3, 4].map((unit) => Math.sign(scores[unit] as number))).toEqual([1, -1, 1]);
    }
  });

  it('finds nothing where the value never changes', () => {
    for (const n of [1, 2, 7, 12]) {
      for (const constant of [0, 0.1, -1234.567]) {
        const { scores, intercept, intervals } = first(play(method, n, [() => constant], 200));
        expectClose(scores, new Float64Array(n), 1e-9);
        expect(intercept).toBeCloseTo(constant, 8);
        expect((intervals ?? []).flat().some(Number.isNaN)).toBe(false);
      }
    }
  });

  it('a single value lost never costs every score', () => {
    const n = 10;
    const { masks } = play(method, n, [mixed], 100);
    const removals = [...new Set(masks.map(String))].filter((name) => name.includes('0'));
    for (const gone of removals.filter((__, at) => at % Math.ceil(removals.length / 12) === 0)) {
      const { scores } = first(play(method, n, [(mask) => (String(mask) === gone ? Number.NaN : mixed(mask))], 100));
      expect(scores.some((score) => !Number.isNaN(score))).toBe(true);
    }
  });

  it('all values lost: NaN everywhere, and nothing is thrown', () => {
    for (const n of [1, 2, 7, 12]) {
      const { finding } = play(method, n, [() => Number.NaN, () => Number.NaN], 100);
      for (const { scores, intercept } of finding.attributions) {
        expect([...scores, intercept].every(Number.isNaN)).toBe(true);
      }
    }
  });

  it('one target\'s lost values are no matter of another', () => {
    const { finding } = play(method, 9, [mixed, () => Number.NaN], 100);
    expect([...(finding.attributions[0]?.scores ?? [])].some(Number.isNaN)).toBe(false);
    expect([...(finding.attributions[1]?.scores ?? [])].every(Number.isNaN)).toBe(true);
  });
});

const among = (which: (method: Method) => boolean): [string, Method][] => methods.filter(which).map((method) => [method.id, method]);

it.each(among(({ id }) => !ADAPTIVE.has(id)))('%s: several targets at once are what each is alone', (_, method) => {
  for (const n of [4, 11]) {
    const games = [mixed, rough(3), weighed([1, 2, 3, 4])];
    const together = play(method, n, games, 80);
    games.forEach((value, column) => {
      const alone = play(method, n, [value], 80);
      expect(alone.masks).toEqual(together.masks);
      expectClose(together.finding.attributions[column]?.scores ?? [], first(alone).scores, 1e-9);
      expect(together.finding.attributions[column]?.intercept).toBeCloseTo(first(alone).intercept, 9);
    });
  }
});

it.each(among((method) => 'fit' in method))('%s: fitting its own evaluations again finds the same', (_, method) => {
  for (const n of [2, 6, 8, 12]) {
    const rng = createRng(n, 'noise');
    const { finding, masks, values } = play(method, n, [n < 4 ? rough(1) : mixed, () => gaussian(rng)], 100);
    const again = method.fit?.(gameOf(n, 2, 9), masks, values, method.options.parse({})) ?? [];
    shaped(again, n, 2);
    again.forEach((attribution, column) => {
      expect(attribution.scores.every(Number.isFinite)).toBe(true);
      expectClose(attribution.scores, finding.attributions[column]?.scores ?? [], 1e-9);
      expect(attribution.intercept).toBeCloseTo(finding.attributions[column]?.intercept as number, 9);
    });
  }
});

it.each(among(({ id }) => EXACT.has(id)))('%s: a unit that changes nothing gets nothing, in any game', (_, method) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), (n, seed) => {
    const idle = seed % n;
    const value: ValueOf = (mask) => rough(seed)(mask.map((bit, unit) => (unit === idle ? 1 : bit)));
    expect(Math.abs(first(play(method, n, [value])).scores[idle] as number)).toBeLessThan(1e-12);
  }), { numRuns: 40 });
});

it.each(among(({ id }) => LINEAR.has(id)))('%s: what it finds of a mix of two games is the mix of what it finds', (_, method) => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), fc.integer({ min: -5, max: 5 }), (n, seed, factor) => {
    const [one, other] = [rough(seed), rough(seed + 1)];
    const { finding } = play(method, n, [one, other, (mask) => one(mask) + factor * other(mask)]);
    const [a, b, both] = finding.attributions.map(({ scores }) => scores);
    expectClose(both ?? [], Array.from(a ?? [], (score, unit) => score + factor * (b?.[unit] as number)), 1e-8);
  }), { numRuns: 30 });
});
