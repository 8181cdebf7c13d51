import type { CallShape } from '../../core/callshape.ts';
import { shapeById } from '../shapes/index.ts';

/** What was tried and seen, in words for people. */
export class Notes {
  readonly all: string[] = [];
  /** Those that concern calls of one shape. */
  readonly about: Record<CallShape, string[]> = { chat: [], completion: [], responses: [] };

  add(words: string): void {
    this.all.push(words);
  }

  on(shape: CallShape, words: string): void {
    const note = `${shapeById(shape).name}: ${words}`;
    this.all.push(note);
    this.about[shape].push(note);
  }
}
