import { type CallShape, shapeOf } from '../../core/callshape.ts';
import type { Call } from '../../core/types.ts';
import { chat } from './chat.ts';
import { completion } from './completion.ts';
import { responses } from './responses.ts';
import type { Shape } from './shape.ts';

/** The adapters of call shapes: one file each. */
const SHAPES: Readonly<Record<CallShape, Shape>> = { chat, completion, responses };

export function shapeById(id: CallShape): Shape {
  return SHAPES[id];
}

/** The adapter of a call; null when it has no input. */
export function shapeFor(call: Call): Shape | null {
  const id = shapeOf(call);
  return id && SHAPES[id];
}
