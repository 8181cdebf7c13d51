import { draftKey } from '../../core/contrasts/drafts.ts';
import type { Draft } from '../../core/types.ts';
import { ONCE } from '../repeats.ts';
import { Tries, type TriesInput } from './tries.ts';

export interface Answers {
  /** By draftKey. */
  texts: ReadonlyMap<string, string>;
  /** Calls that had to be asked for them. */
  asked: number;
}

/** Asks for the answers to drafts that were only weighed. */
export async function answersTo(drafts: readonly Draft[], input: Omit<TriesInput, 'question' | 'beside' | 'repeats'>): Promise<Answers> {
  const tries = new Tries({ ...input, question: { kind: 'generate' }, beside: [], repeats: ONCE, onProgress: () => undefined });
  await tries.ask(drafts);
  const texts = new Map(drafts.flatMap((draft): [string, string][] => {
    const text = tries.answerOf(draft);
    return text === null ? [] : [[draftKey(draft), text]];
  }));
  return { texts, asked: drafts.length };
}
