import type { Form } from '../again.ts';
import type { OpeningForm } from '../shapes/shape.ts';
import { readOpenings } from './read.ts';

/** Every call for the alternatives of its answer's first token. */
export function forOpenings(form: OpeningForm): Form {
  return {
    body: (call, shape) => shape.opening.body(call, form),
    read: (reply, count, shape) => readOpenings(shape.opening.read(reply, count), form.top).map((top) => ({ kind: 'opened', top })),
  };
}
