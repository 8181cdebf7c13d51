import { expect, it } from 'vitest';
import { message } from '../../../../src/core/segmenters/message.ts';
import { pieces } from './pieces.ts';

it('takes a text whole, whitespace and all', () => {
  expect(pieces(message, ' One. Two.\n\nThree. ')).toEqual([' One. Two.\n\nThree. ']);
  expect(pieces(message, ' ')).toEqual([' ']);
  expect(pieces(message, '')).toEqual([]);
});
