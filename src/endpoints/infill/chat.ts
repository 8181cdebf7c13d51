import type { Blanks, ProposeOptions, Wanted } from '../../service/ports.ts';
import { soleJson, written } from '../consult/reply.ts';
import { NOT_ADMITTED } from '../traffic/channel.ts';
import type { Desk } from '../ways/way.ts';
import { Forms } from './forms.ts';
import type { Question } from './wording.ts';

/** A reply that cannot be used is asked for once more, with the reason. */
const ASKS = 2;

type Form = (question: Question, temperature: number) => Record<string, unknown>;

const schemaOf = ({ schema }: Question) => ({ response_format: { type: 'json_schema', json_schema: { name: 'alternatives', strict: true, schema } } });

/** The strictest first; the last is for models that take neither a temperature nor `max_tokens`. */
const FORMS: readonly Form[] = [
  (question, temperature) => ({ ...schemaOf(question), temperature, max_tokens: question.room }),
  (question, temperature) => ({ response_format: { type: 'json_object' }, temperature, max_tokens: question.room }),
  (question, temperature) => ({ temperature, max_tokens: question.room }),
  (question) => ({ ...schemaOf(question), max_completion_tokens: question.room }),
];

type Lists = string[][];

/** The proposals of a reply that may be used, and why a blank has none, '' where all have some; a text where it holds no lists. */
function reading(question: Question, value: unknown, accept: (blank: number, words: string) => boolean): { usable: Lists; reason: string } | string {
  const lists = question.read(value);
  if (typeof lists === 'string') return lists;
  const usable = lists.map((list, blank) => list.filter((words) => accept(blank, words)));
  const none = usable.findIndex((list) => list.length === 0);
  return { usable, reason: none < 0 ? '' : `every alternative for gap ${none + 1} repeats the words that stand there` };
}

/** Of each blank the proposals of either reply. */
function merged(first: Lists | null, second: Lists): Lists {
  return second.map((list, blank) => [...new Set([...(first?.[blank] ?? []), ...list])]);
}

/**
 * Asks a chat model for lists of words, by this question.
 * @throws ProblemError endpoint_refused, or the signal's reason
 */
export function chatProposer(questionFor: (blanks: Blanks, wanted: Wanted) => Question) {
  return async (asked: readonly Blanks[], wanted: Wanted, { channel }: Desk, options: ProposeOptions): Promise<void> => {
    const forms = new Forms(channel, FORMS.length);
    await forms.all(asked, options, async (blanks, position, errand) => {
      const question = questionFor(blanks, wanted);
      let best: Lists | null = null;
      let reason = '';
      for (let turn = 0; turn < ASKS; turn += 1) {
        const again = reason === '' ? '' : `\n\nYour last reply could not be used: ${reason}. Reply with that object and nothing else.`;
        const messages = [{ role: 'system', content: question.system }, { role: 'user', content: question.user + again }];
        const request = (form: number) => ({ path: '/chat/completions', body: { model: wanted.model, messages, ...FORMS[form]?.(question, wanted.temperature) } });
        const reply = await forms.put(request, written, () => options.admit([position]), errand);
        if (reply === NOT_ADMITTED) {
          if (turn === 0) return;
          break;
        }
        const read = 'text' in reply ? reading(question, soleJson(reply.text), (blank, words) => options.accept(position, blank, words)) : reply.unreadable;
        reason = typeof read === 'string' ? read : read.reason;
        if (typeof read !== 'string') best = merged(best, read.usable);
        if (best && reason === '') break;
      }
      const usable = best?.some((list) => list.length > 0) ?? false;
      options.onOutcome(position, best && usable ? { kind: 'proposed', proposals: best } : { kind: 'failed', reason: `unusable proposals: ${reason}` });
    });
  };
}
