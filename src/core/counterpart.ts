import { canonicalText } from './canonical.ts';
import { pointerTokens } from './jsonpointer.ts';
import { findValue, jsonDocuments } from './jsonspans.ts';
import { compilePattern, findAll } from './patterns.ts';
import { sentenceSpans } from './sentencespans.ts';
import { toolValue } from './toolcalls.ts';
import type { Completion, Span, Target } from './types.ts';

/** What of an answer is compared with a target. */
export interface Counterparts {
  /** The target as it is compared. */
  reference: string;
  /** The texts of another completion that stand for the target; the most similar one counts. None: similarity 0. */
  of(completion: Completion): readonly string[];
}

/** All targets ask for the sentences of the same few completions. */
function sentenceMemo(): (completion: Completion) => readonly string[] {
  const known = new WeakMap<Completion, readonly string[]>();
  return (completion) => {
    const sentences = known.get(completion) ?? slices(completion.text, sentenceSpans(completion.text));
    known.set(completion, sentences);
    return sentences;
  };
}

function slices(text: string, spans: readonly Span[]): string[] {
  return spans.map((span) => text.slice(span.start, span.end));
}

function counterpart(target: Target, sentences: (completion: Completion) => readonly string[]): Counterparts {
  const { spec, text: reference } = target;
  switch (spec.kind) {
    case 'completion':
      return { reference, of: ({ text }) => [text] };
    case 'sentences':
    case 'span':
      return { reference, of: (completion) => [completion.text, ...sentences(completion)] };
    case 'match': {
      const pattern = compilePattern(spec.pattern, `/targets/${target.index}/pattern`);
      return { reference, of: ({ text }) => slices(text, findAll(pattern, text).filter((span) => span.end > span.start)) };
    }
    case 'json': {
      const tokens = pointerTokens(spec.pointer) ?? [];
      return {
        reference: canonicalText(reference),
        of: ({ text }) => {
          const span = findValue(jsonDocuments(text), tokens);
          return span ? [canonicalText(text.slice(span.start, span.end))] : [];
        },
      };
    }
    case 'tool_call': {
      const tokens = pointerTokens(spec.pointer ?? '') ?? [];
      return {
        reference: canonicalText(reference),
        of: (completion) => {
          const value = toolValue(completion, spec.name, tokens);
          return value ? [canonicalText(value.text)] : [];
        },
      };
    }
  }
}

/**
 * For each target, what of a regenerated answer it is compared with. A completion: the whole text. JSON and tool calls:
 * the value at the same place, both in canonical form. A match: every match of the pattern. A sentence or span, which
 * has no place of its own in another text: each of its sentences, and the whole.
 */
export function counterparts(targets: readonly Target[]): Counterparts[] {
  const sentences = sentenceMemo();
  return targets.map((target) => counterpart(target, sentences));
}
