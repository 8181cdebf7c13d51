import { malformed, reader } from '../http/read.ts';
import { answerTokens } from './answer-tokens.ts';
import { asLogprobs, choicesOf, type EchoForm, ECHO_FORMS, echoFields } from './echo.ts';
import { sameIds } from './id-lists.ts';
import { keyedReply } from './replies.ts';
import type { IdSource, Sequence, SequenceForm, Told } from './sequences/sequence.ts';
import { bySequences } from './sequences/way.ts';
import { refuseOtherTemplate } from './template.ts';
import { promptIds } from './tokenize.ts';

/** vLLM's /tokenize, which renders chats too. */
export const byTokenize: IdSource = { prompt: promptIds, answer: answerTokens, check: refuseOtherTemplate };

const OTHER_TOKENS = 'the server weighed other tokens than it was sent';

const whole = ({ prompt, answer }: Sequence): number[] => [...prompt, ...answer];

function body(model: string, sequences: readonly Sequence[], asList: boolean, fields: Record<string, unknown>) {
  const prompts = sequences.map(whole);
  const about = sequences.map((sequence) => sequence.about);
  return { path: '/completions', body: { model, prompt: asList ? prompts : prompts[0], ...fields }, about };
}

function echoed(form: EchoForm, index: number): SequenceForm {
  return {
    id: `echo ${index}`,
    lists: true,
    request: ({ model }, sequences, asList) => body(model, sequences, asList, echoFields(form)),
    read: (reply, sequences) =>
      choicesOf(reply, sequences.length).map((choice, place): Told => {
        const sequence = sequences[place];
        const { prompt_token_ids: shown, logprobs } = choice;
        if (!sequence) return null;
        if (shown && !sameIds(shown, whole(sequence))) return OTHER_TOKENS;
        // they follow the prompt's, whatever stands after them
        const values = logprobs?.token_logprobs ?? [];
        const end = sequence.prompt.length + sequence.answer.length;
        if (values.length !== end && values.length !== end + 1) throw malformed('the reply has another number of tokens than was sent');
        return asLogprobs(values.slice(sequence.prompt.length, end));
      }),
  };
}

const readKeyed = reader(keyedReply);

/** vLLM's own field: the same figures, keyed by token, without the text of the prompt and its alternatives. */
const keyed: SequenceForm = {
  id: 'prompt_logprobs',
  lists: true,
  request: ({ model }, sequences, asList) => body(model, sequences, asList, { prompt_logprobs: 0, max_tokens: 1, temperature: 0, return_token_ids: true }),
  read(reply, sequences) {
    const { choices } = readKeyed(reply);
    if (choices.length !== sequences.length) throw malformed(`the reply has ${choices.length} choices for ${sequences.length} prompts`);
    const ordered = choices.map((choice, place) => ({ place: choice.index ?? place, choice })).sort((a, b) => a.place - b.place);
    return ordered.map(({ choice }, place): Told => {
      const sequence = sequences[place];
      const { prompt_logprobs: entries, prompt_token_ids: shown } = choice;
      if (!sequence || !entries) return null;
      const ids = whole(sequence);
      if ((shown && !sameIds(shown, ids)) || entries.length !== ids.length) return OTHER_TOKENS;
      // looked up by id: with more than one entry the order does not tell which one was sent
      return asLogprobs(sequence.answer.map((id, index) => entries[sequence.prompt.length + index]?.[String(id)]?.logprob));
    });
  },
};

const echoes = ECHO_FORMS.map(echoed);

/** Prompt and answer as token ids, read as a prompt by /completions: exact whatever the template is. */
export const byIds = bySequences({
  id: 'ids',
  title: 'token ids from /tokenize, echoed by /completions',
  rung: 'prompt_logprobs',
  needsEcho: true,
  source: byTokenize,
  forms: echoes,
  remembers: false,
});

/** The same on servers whose /completions knows `prompt_logprobs`, with echo or without. */
export const byKeyedIds = bySequences({
  id: 'keyed-ids',
  title: 'token ids from /tokenize, with prompt_logprobs of /completions',
  rung: 'prompt_logprobs',
  needsEcho: false,
  source: byTokenize,
  forms: [keyed],
  remembers: false,
});
