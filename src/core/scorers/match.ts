import { z } from 'zod';
import { ProblemError } from '../../errors.ts';
import { canonicalText } from '../canonical.ts';
import { counterparts } from '../counterpart.ts';
import { pointerTokens } from '../jsonpointer.ts';
import { findValue, jsonDocuments } from '../jsonspans.ts';
import { compilePattern, findAll, MAX_PATTERN_LENGTH } from '../patterns.ts';
import { foldCase } from '../text/fold.ts';
import { toolNames } from '../toolcalls.ts';
import type { Completion, Scorer, Target } from '../types.ts';

const options = z
  .strictObject({
    pattern: z.string().min(1).max(MAX_PATTERN_LENGTH).nullable().default(null).describe('RE2 syntax: the first match is compared.'),
    pointer: z
      .string()
      .max(1_000)
      .refine((text) => pointerTokens(text) !== null, 'must be a JSON pointer (RFC 6901)')
      .nullable()
      .default(null)
      .describe('The value there in a JSON answer is compared.'),
    tool_call: z
      .union([z.literal(true), z.string().min(1).max(200)])
      .nullable()
      .default(null)
      .describe('true: the names of all tools that are called. A name: whether that tool is called.'),
    ignore_case: z.boolean().default(false),
  })
  .superRefine((given, context) => {
    const [, second] = chosen(given);
    if (second) context.addIssue({ code: 'custom', path: [second], message: 'only one of pattern, pointer and tool_call can be compared' });
  })
  .describe('One of pattern, pointer and tool_call. None: what each target of kind match, json or tool_call names.');

type Options = z.output<typeof options>;

/** What is looked at in an answer, in the form it is compared in; null = it is not there. */
type Look = (completion: Completion) => string | null;

const OWN: ReadonlySet<string> = new Set(['match', 'json', 'tool_call']);

function chosen(given: { pattern: unknown; pointer: unknown; tool_call: unknown }) {
  return (['pattern', 'pointer', 'tool_call'] as const).filter((name) => given[name] !== null);
}

function lookBy({ pattern, pointer, tool_call: tool }: Options): Look | null {
  if (pattern !== null) {
    const compiled = compilePattern(pattern, '/scorer/options/pattern');
    return ({ text }) => {
      const span = findAll(compiled, text)[0];
      return span ? text.slice(span.start, span.end) : null;
    };
  }
  if (pointer !== null) {
    const tokens = pointerTokens(pointer) ?? [];
    return ({ text }) => {
      const span = findValue(jsonDocuments(text), tokens);
      return span ? canonicalText(text.slice(span.start, span.end)) : null;
    };
  }
  if (tool === true) return (completion) => JSON.stringify(toolNames(completion));
  return tool === null ? null : (completion) => (toolNames(completion).includes(tool) ? tool : null);
}

type Same = (completion: Completion) => boolean;

/** Whether an answer has what the target names. */
function ownMatch(target: Target, ignoreCase: boolean): Same {
  const { spec } = target;
  if (spec.kind === 'tool_call' && spec.pointer === undefined) return (completion) => toolNames(completion).includes(spec.name);
  const part = counterparts([target])[0];
  return (completion) => part?.of(completion).some((text) => equal(text, part.reference, ignoreCase)) ?? false;
}

function equal(a: string | null, b: string | null, ignoreCase: boolean): boolean {
  if (a === null || b === null) return a === b;
  return ignoreCase ? foldCase(a) === foldCase(b) : a.normalize('NFC') === b.normalize('NFC');
}

/**
 * 1 when a decisive part of the answer is as in the reference, else 0; what is in neither is the same. Over repeated
 * answers its mean is a rate, with Wilson's interval (core/proportions.ts).
 */
export const match: Scorer<Options> = {
  id: 'match',
  title: 'Whether a match, a JSON value or a tool call stays the same',
  options,
  needs: 'text',
  unit: () => 'rate',
  rate: true,
  unfit(specs, given) {
    lookBy(given);
    if (chosen(given).length > 0 || specs.every((spec) => OWN.has(spec.kind))) return null;
    return 'match needs one of pattern, pointer and tool_call, unless every target is of kind match, json or tool_call';
  },
  score({ reference, targets, outcomes }, given) {
    const look = lookBy(given);
    const wanted = look?.(reference) ?? null;
    const tests = targets.map((target): Same =>
      look ? (completion) => equal(look(completion), wanted, given.ignore_case) : ownMatch(target, given.ignore_case),
    );
    return outcomes.map((outcome) => {
      if (outcome.kind === 'failed') return new Float64Array(targets.length).fill(Number.NaN);
      if (outcome.kind !== 'generated') throw new ProblemError('evaluations_missing', 'match needs answers; these evaluations hold log-probabilities');
      return Float64Array.from(tests, (same) => (same(outcome.completion) ? 1 : 0));
    });
  },
};
