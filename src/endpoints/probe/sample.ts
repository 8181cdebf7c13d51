import type { CallShape } from '../../core/callshape.ts';
import type { Call } from '../../core/types.ts';
import { Fault } from '../http/fault.ts';
import { malformed, reader } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import { cutByStrings } from '../ways/align.ts';
import { asLogprobs, choicesOf } from '../ways/echo.ts';
import { chatSampleReply, completionSampleReply, type GeneratedToken } from '../ways/replies.ts';
import type { Desk, Sample } from '../ways/way.ts';

const FACTS = 'Lars lives in Vilnius. Nina lives in Porto.\n';
const PROMPT = `${FACTS}Question: In which city does Lars live?\nAnswer:`;
const MESSAGES = [{ role: 'user', content: `${FACTS}In which city does Lars live?` }];

/** What is asked while finding out. */
export function probeCall(shape: CallShape, model: string): Call {
  const inputs: Record<CallShape, Call> = { chat: { messages: MESSAGES }, completion: { prompt: PROMPT }, responses: { input: MESSAGES } };
  return { model, ...inputs[shape] };
}

/** Why there is no sample of a chat that was answered. */
export const WITHOUT_LOGPROBS = 'generated tokens come without log-probabilities';

/** Enough to compare sums, and cheap. */
export const TOKENS = 6;

/** A mark of the end of the turn, and up to three bytes of a character that the limit cut off. */
const AFTER_TEXT = 3;

/** Generation stops at a number of tokens, which may be inside a character. */
function whole(text: string): string {
  return text.replace(/\uFFFD+$/, '');
}

/** Which of the tokens make up the text; some after it may not. null when they do not fit. */
function covering(tokens: readonly string[], text: string, from: number): { first: number; count: number } | null {
  for (let dropped = 0; dropped <= AFTER_TEXT; dropped += 1) {
    const cut = cutByStrings(tokens.slice(0, tokens.length - dropped), text, from);
    if (cut) return { first: cut.first, count: cut.ends.length };
  }
  return null;
}

/**
 * Whether /completions echoes a prompt with its log-probabilities, and what the model goes on with. Two servers answer
 * 200 and ignore `echo`, or fill in zeros; so: the text starts with the prompt, there is an entry for at least every
 * word, the first is null, all others are numbers, and one of them is below 0.
 * @returns a sample, or why there is none
 * @throws Fault
 */
export async function echoSample({ channel, model }: Desk, errand: Errand): Promise<Sample | string> {
  const body = { model, prompt: PROMPT, max_tokens: TOKENS, echo: true, logprobs: 1, temperature: 0 };
  const [choice] = await channel.post({ path: '/completions', body }, (reply) => choicesOf(reply, 1), errand);
  if (!choice?.text.startsWith(PROMPT)) return 'echo is taken and ignored';
  const { tokens = [], token_logprobs: values = [] } = choice.logprobs ?? {};
  if (tokens.length < PROMPT.split(/\s+/).length || values.length !== tokens.length) return 'the echo has no log-probabilities';
  const text = whole(choice.text).slice(PROMPT.length);
  const generated = text === '' ? { first: tokens.length, count: 0 } : covering(tokens, PROMPT + text, PROMPT.length);
  if (!generated) return 'the echoed tokens do not make up the text';
  const prompt = values.slice(0, generated.first);
  if (prompt[0] !== null || prompt.slice(1).some((value) => value === null)) return 'the echo leaves out log-probabilities';
  if (!prompt.some((value) => value !== null && value < 0)) return 'the echoed log-probabilities are all zero';
  if (generated.count === 0) return 'nothing was generated to compare with';
  const logprobs = asLogprobs(values.slice(generated.first, generated.first + generated.count));
  return { call: probeCall('completion', model), text, logprobs, firstToken: tokens[generated.first] ?? '', ids: null, promptIds: null };
}

type Said = Pick<Sample, 'text' | 'logprobs' | 'firstToken' | 'ids'>;

/** What was generated, of its tokens. The tokens themselves are the text where `shown` is not made up of them. */
function saidBy(entries: readonly GeneratedToken[], shown: string): Said {
  const tokens = entries.map((entry) => entry.token);
  const said = whole(shown);
  const text = said !== '' && covering(tokens, said, 0)?.first === 0 ? said : whole(tokens.join(''));
  const kept = entries.slice(0, covering(tokens, text, 0)?.count ?? tokens.length);
  const ids = kept.flatMap(({ id }) => id ?? []);
  const logprobs = asLogprobs(kept.map((entry) => entry.logprob));
  return { text, logprobs, firstToken: tokens[0] ?? '', ids: ids.length === kept.length ? ids : null };
}

const readCompletion = reader(completionSampleReply);

/** What /completions generates, with log-probabilities: for servers that do not echo. @throws Fault */
export async function completionSample({ channel, model }: Desk, errand: Errand): Promise<Sample | string> {
  const body = { model, prompt: PROMPT, max_tokens: TOKENS, logprobs: 1, temperature: 0 };
  const [choice] = (await channel.post({ path: '/completions', body }, readCompletion, errand)).choices;
  const entries = choice?.logprobs?.content ?? [];
  if (entries.length === 0) return WITHOUT_LOGPROBS;
  return { call: probeCall('completion', model), ...saidBy(entries, choice?.text ?? ''), promptIds: null };
}

const readChat = reader(chatSampleReply);

/** vLLM and SGLang show ids when asked; OpenAI refuses the field, and for some models the older name of the length. */
const CHAT_FORMS = [
  { max_tokens: TOKENS, return_token_ids: true, return_prompt_token_ids: true },
  { max_tokens: TOKENS },
  { max_completion_tokens: TOKENS },
];

/** The first form that is not refused. @throws Fault */
async function chatReply({ channel, model }: Desk, errand: Errand) {
  const common = { model, messages: MESSAGES, temperature: 0, logprobs: true, top_logprobs: 1 };
  for (const [index, form] of CHAT_FORMS.entries()) {
    try {
      return await channel.post({ path: '/chat/completions', body: { ...common, ...form } }, readChat, errand);
    } catch (error) {
      if (!(error instanceof Fault) || !error.refusesRequest || index === CHAT_FORMS.length - 1) throw error;
    }
  }
  throw malformed('no form of the request was sent');
}

/**
 * What the chat route generates, with log-probabilities. Where a reasoning parser hides what was said, the tokens
 * themselves are the text.
 * @throws Fault
 */
export async function chatSample(desk: Desk, errand: Errand): Promise<Sample | string> {
  const reply = await chatReply(desk, errand);
  const choice = reply.choices[0];
  if (!choice) throw malformed('the reply has no choice');
  const entries = choice.logprobs?.content ?? [];
  if (entries.length === 0) return WITHOUT_LOGPROBS;
  const said = saidBy(entries, choice.message.content ?? '');
  const ids = choice.token_ids?.slice(0, said.logprobs.length) ?? said.ids;
  return { call: probeCall('chat', desk.model), ...said, ids, promptIds: reply.prompt_token_ids ?? choice.prompt_token_ids ?? null };
}

/** Whether a list of prompts gets one choice for each. @throws Fault */
export async function takesLists({ channel, model }: Desk, errand: Errand): Promise<boolean> {
  const body = { model, prompt: ['A B', 'A B C'], max_tokens: 1, temperature: 0 };
  return channel.post(
    { path: '/completions', body },
    (reply) => {
      const choices = (reply as { choices?: unknown }).choices;
      return Array.isArray(choices) && choices.length === 2;
    },
    errand,
  );
}
