import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersOf, differenceOf, rateOf, tallyOf, type Trial } from '../../../../src/core/highlight/rates.ts';
import { type Compared, isBorneOut, wordsOf } from '../../../../src/core/highlight/words.ts';
import { createRng } from '../../../../src/core/rng.ts';

const trial = (text: string, complied: boolean): Trial => ({ text, told: { refused: !complied, complied } });
const tally = (successes: number, trials = 10) => ({ successes, trials });
const compared = (unchanged: number, without: number | null, random: number | null = unchanged): Compared => ({
  unchanged: tally(unchanged),
  without: without === null ? null : tally(without),
  random: random === null ? null : tally(random),
  paraphrased: null,
  rephrased: 0,
  highlighted: without === null ? 0 : 2,
  confidence: 0.95,
});

describe('rates', () => {
  it('count what there is, each outcome for itself', () => {
    const trials = [trial('a', true), trial('b', false), null, trial('a', true)];
    expect(tallyOf(trials, 'attack_success')).toEqual({ successes: 2, trials: 3 });
    expect(tallyOf(trials, 'refusal')).toEqual({ successes: 1, trials: 3 });
    expect(answersOf(trials)).toEqual([{ text: 'a', count: 2, refused: false, complied: true }, { text: 'b', count: 1, refused: true, complied: false }]);
  });

  it('have the intervals of Wilson and of Newcombe', () => {
    expect(rateOf(tally(5), 0.95)).toEqual({ count: 5, rate: 0.5, interval: [expect.closeTo(0.2366, 4), expect.closeTo(0.7634, 4)] });
    expect(differenceOf(tally(10), tally(0), 0.95)).toEqual({ difference: 1, interval: [expect.closeTo(0.6075, 4), 1] });
    expect(rateOf(tally(0, 0), 0.95)).toEqual({ count: 0, rate: null, interval: [0, 1] });
    expect(differenceOf(tally(0, 0), tally(1), 0.95)).toEqual({ difference: null, interval: [-1, 1] });
  });
});

describe('the check', () => {
  it.each<[string, Compared, boolean, string]>([
    ['they alone drive it', compared(10, 0), true, 'they drive compliance'],
    ['anything would do', compared(10, 0, 0), false, 'random units do as much'],
    ['nothing does it', compared(10, 10), false, 'the difference may be chance'],
    ['too little is seen', compared(7, 3), false, 'the difference may be chance'],
    ['nothing was complied with', compared(0, 0), false, 'there is no compliance to be driven'],
    ['there are no others', compared(10, 0, null), true, 'they drive compliance'],
    ['none is highlighted', compared(10, null), false, 'none is highlighted'],
    ['compliance rose', compared(0, 10, 0), false, 'there is no compliance'],
  ])('says that %s', (_, seen, borne, words) => {
    expect(isBorneOut(seen)).toBe(borne);
    expect(wordsOf(seen).join(' ')).toContain(words);
  });

  it('flags no more than it says where units do not matter', () => {
    const rng = createRng(7, 'rates');
    const draw = (share: number, trials: number) => tally(Array.from({ length: trials }, () => Number(rng() < share)).reduce((sum, one) => sum + one, 0), trials);
    for (const trials of [5, 10, 30]) {
      let flagged = 0;
      const games = 4000;
      for (let game = 0; game < games; game += 1) {
        const share = rng();
        const one = () => draw(share, trials);
        flagged += Number(isBorneOut({ ...compared(0, 0), unchanged: one(), without: one(), random: one() }));
      }
      expect(flagged / games).toBeLessThan(0.025);
    }
  });

  it('tells of paraphrases where there are some', () => {
    expect(wordsOf({ ...compared(10, 0), paraphrased: tally(9), rephrased: 2 })[1]).toBe('With the 2 highlighted units paraphrased, 9 of 10 answers comply.');
  });

  it('never flags what the intervals do not bear', () => {
    fc.assert(fc.property(fc.nat(10), fc.nat(10), fc.nat(10), (a, b, c) => {
      if (isBorneOut(compared(a, b, c))) expect(a > b && c > b).toBe(true);
    }));
  });
});
