import type { EndpointSettings } from '../../src/endpoints/index.ts';
import { embeddings, sealedTexts } from './counsel.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.ts';
import { type Stack, startStack } from './stack.ts';

/* A service whose endpoint can only be asked to answer again, with an embedding model, and a judge at another endpoint. */

export const open: { close(): Promise<unknown> }[] = [];
export async function closeAll(): Promise<void> {
  for (const part of open.splice(0).toReversed()) await part.close();
}

export const sentences = ['The sky was clear.', 'Galdor is based in Vilnius.', 'Coffee was served at noon.', 'The road was narrow.', 'Nobody answered the phone.'];
const call = {
  model: 'm',
  temperature: 0,
  messages: [{ role: 'user', content: [{ type: 'text', text: sentences.join(' '), explain: 'split' }, { type: 'text', text: 'Where is Galdor based?', explain: 'fixed' }] }],
};
export const job = (scorer: object, more: object = {}) => ({ call, scorer, method: { id: 'leave-one-out' }, ...more });

/** A server that can only be asked to answer again; each answer tells how much it was told. */
const reader: ModelServerOptions = {
  echo: 'off',
  promptLogprobs: false,
  tokenize: false,
  chatLogprobs: false,
  answer: ({ text }) => `${text.includes('Vilnius') ? 'Vilnius, of course' : 'I do not know'}${text.includes('sky') ? '.' : '!'}`,
  routes: { '/v1/embeddings': embeddings },
};

type Opinion = (texts: Record<string, string>) => unknown;

export function judging(opinion: Opinion): ModelServerOptions {
  const chat = (body: Record<string, unknown>) => {
    const said = opinion(sealedTexts((body['messages'] as { content: string }[])[1]?.content ?? ''));
    const message = { role: 'assistant', content: typeof said === 'string' ? said : JSON.stringify(said) };
    return { choices: [{ index: 0, finish_reason: 'stop', message }], usage: { prompt_tokens: 100, completion_tokens: 10 } };
  };
  return { routes: { '/v1/chat/completions': chat } };
}

export const knows: Opinion = ({ ANSWER = '' }) => ({ grade: ANSWER.includes('Vilnius') ? 4 : 0 });

interface Served {
  server: ModelServer;
  judge: ModelServer;
  stack: Stack;
  /** Requests to either server. */
  requests: () => number;
}

export async function serve(options: ModelServerOptions = {}, settings: Partial<EndpointSettings> = {}, opinion: ModelServerOptions = judging(knows), limits = {}): Promise<Served> {
  const server = await startModelServer({ ...reader, ...options });
  const judge = await startModelServer(opinion);
  const stack = await startStack({
    endpoints: [
      { baseUrl: server.url, ...settings },
      { baseUrl: judge.url, name: 'other', identity: `other|${judge.url}`, price: { promptPerMillion: 1_000_000, completionPerMillion: 0 } },
    ],
    limits,
  });
  open.push(server, judge, stack);
  return { server, judge, stack, requests: () => server.requests.length + judge.requests.length };
}

export const embedded = { embeddingModel: 'e' };
export const judged = { judge: { endpoint: 'other', model: 'j' } };
export const texts = (server: ModelServer): string[] => server.requests.filter(({ path }) => path === '/v1/embeddings').flatMap(({ body }) => body['input'] as string | string[]);
export const answers = (server: ModelServer) => server.requests.filter(({ path, body }) => path === '/v1/chat/completions' && JSON.stringify(body).includes('Galdor')).length;
