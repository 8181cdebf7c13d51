import { createHash } from 'node:crypto';
import { faultAt } from '../errors.ts';
import type { Position } from './ports.ts';

/** Ties a cursor to the list it came from, so that one from elsewhere is refused and not silently wrong. */
function seal(owner: string, filter: string, position: Position): string {
  return createHash('sha256').update(JSON.stringify([owner, filter, position.createdAtMs, position.id])).digest('base64url').slice(0, 12);
}

export function writeCursor(owner: string, filter: string, position: Position): string {
  return Buffer.from(`${position.createdAtMs}.${position.id}.${seal(owner, filter, position)}`).toString('base64url');
}

/** @throws ProblemError invalid_cursor */
export function readCursor(owner: string, filter: string, cursor: string): Position {
  const [ms, id, mark] = Buffer.from(cursor, 'base64url').toString('utf8').split('.');
  const position = { createdAtMs: Number(ms), id: id ?? '' };
  if (!Number.isSafeInteger(position.createdAtMs) || mark !== seal(owner, filter, position)) {
    throw faultAt('invalid_cursor', '/cursor', 'not a cursor of this list with this filter');
  }
  return position;
}
