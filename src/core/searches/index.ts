import type { Search } from '../types.ts';
import { cell } from './cell.ts';
import { mcell } from './mcell.ts';
import { reduce } from './reduce.ts';

/** Every method that answers with edits. */
export const searches: readonly Search[] = [mcell, cell, reduce];

/** The search of that id. */
export function searchById(id: string): Search | undefined {
  return searches.find((search) => search.id === id);
}
