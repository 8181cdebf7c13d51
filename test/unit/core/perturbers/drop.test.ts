import { expect, it } from 'vitest';
import { perturbationOf } from '../../../../src/core/perturbation.ts';
import { drop } from '../../../../src/core/perturbers/drop.ts';
import { unitsOf } from '../../../../src/core/units.ts';

const prompt = [{ text: 'A ' }, { text: 'B', explain: 'fixed' }];
const units = unitsOf({ prompt }, (text) => [{ start: 0, end: text.length }], 'message');
const applied = (given: object) => perturbationOf(drop, units, drop.options.parse(given));

it('leaves nothing behind and mends the whitespace', () => {
  expect(applied({})).toEqual({ replacements: ['', ''], repair: true, emptyForm: '...', collapse: false });
});

it('mends nothing on demand, and takes another empty form', () => {
  expect(applied({ repair: false, empty_form: '-' })).toMatchObject({ repair: false, emptyForm: '-' });
});

it('refuses an empty form that is blank', () => {
  expect(drop.options.safeParse({ empty_form: ' ' }).success).toBe(false);
});
