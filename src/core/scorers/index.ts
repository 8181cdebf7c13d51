import { faultAt } from '../../errors.ts';
import type { Scorer } from '../types.ts';
import { affirmation } from './affirmation.ts';
import { bleu } from './bleu.ts';
import { chrf } from './chrf.ts';
import { compliance } from './compliance.ts';
import { contradiction } from './contradiction.ts';
import { contrast } from './contrast.ts';
import { embedding } from './embedding.ts';
import { exact } from './exact.ts';
import { firstToken } from './first-token.ts';
import { judge } from './judge.ts';
import { logLikelihood } from './log-likelihood.ts';
import { match } from './match.ts';
import { nli } from './nli.ts';
import { rougeL } from './rouge-l.ts';
import { tokenF1 } from './token-f1.ts';

/** Every scorer; one line each. */
export const scorers: readonly Scorer[] = [
  logLikelihood,
  contrast,
  affirmation,
  firstToken,
  chrf,
  rougeL,
  tokenF1,
  bleu,
  exact,
  match,
  compliance,
  embedding,
  nli,
  contradiction,
  judge,
];

/** What a caller may name: `auto` is a choice among the scorers (scorers/auto.ts), not one of them. */
export const scorerIds: readonly string[] = ['auto', ...scorers.map((scorer) => scorer.id)];

/** @throws ProblemError validation_failed when there is no such scorer; `auto` is none */
export function scorerById(id: string): Scorer {
  const found = scorers.find((scorer) => scorer.id === id);
  if (!found) throw faultAt('validation_failed', '/scorer/id', `no scorer is named ${JSON.stringify(id)}`);
  return found;
}
