import { z } from 'zod';
import type { Infiller } from '../types.ts';

const options = z.strictObject({}).describe('Taking away has no options.');

/** Nothing stands in the place of the words. */
export const remove: Infiller<z.output<typeof options>> = {
  id: 'delete',
  title: 'Take the words away',
  options,
  proposals: () => [''],
};
