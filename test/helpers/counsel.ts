import { createEndpoints, type EndpointSettings } from '../../src/endpoints/index.ts';
import type { Log } from '../../src/endpoints/traffic/channel.ts';
import type { AskOptions, Consultant, Inquiry, Usage } from '../../src/service/ports.ts';
import { FastClock, never } from './endpoint-kit.ts';

/* What tests of consulting share: texts as a judge's prompt holds them, embeddings of words, and an ask that notes everything. */

/** Dimensions: one per word of a small vocabulary, and one for all else. */
const VOCABULARY = ['vilnius', 'city', 'know', 'course', 'paris', 'cat'];

/** A bag of words as a vector of no particular length. */
export function bagOf(text: string): number[] {
  const words: string[] = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const counts = VOCABULARY.map((word) => words.filter((each) => each === word).length);
  return [...counts, 0.5];
}

/** The /v1/embeddings route of a fake. */
export function embeddings(body: Record<string, unknown>): object {
  const input = body['input'];
  const texts = (Array.isArray(input) ? input : [input]) as string[];
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: bagOf(text) }));
  return { object: 'list', data, usage: { prompt_tokens: texts.join(' ').length, total_tokens: texts.join(' ').length } };
}

/** The texts in a judge's prompt by their names, read as the prompt says they stand there. */
export function sealedTexts(prompt: string): Record<string, string> {
  const found = [...prompt.matchAll(/([A-Z]+):\n<<<([0-9a-f]{24})\n(.*)\n\2>>>/g)];
  return Object.fromEntries(found.map(([, name = '', , json = '']) => [name, JSON.parse(json) as string]));
}

export interface OpenConsultant {
  consultant: Consultant;
  close(): Promise<void>;
}

/** The consultant of an endpoint `main` at one URL, which may name itself and `other` at another. */
export function openConsultant(url: string, more: Partial<EndpointSettings>, otherUrl = url, log?: Log): OpenConsultant {
  const base = (name: string, baseUrl: string): EndpointSettings => ({
    name,
    baseUrl,
    dialect: 'auto',
    apiKey: null,
    models: [],
    concurrency: 4,
    maxBatch: 8,
    requestsPerMinute: null,
    tokensPerMinute: null,
    timeoutSeconds: 20,
    price: null,
    allowPrivateNetwork: true,
  });
  const settings = [{ ...base('main', url), ...more }, base('other', otherUrl)];
  const endpoints = createEndpoints({ default: 'main', endpoints: settings }, { clock: new FastClock(), ...(log ? { log } : {}) });
  const consultant = endpoints.consultant('main');
  if (!consultant) throw new Error('there is no consultant');
  return { consultant, close: () => endpoints.close() };
}

export interface Heard {
  /** By position: numbers, or why there are none; undefined where nothing came. */
  said: (number[] | string | undefined)[];
  usage: Usage;
  admitted: number[][];
}

/** Asks and notes what is reported. What comes twice, or nowhere, is an error. */
export async function hear(consultant: Consultant, inquiries: readonly Inquiry[], more: Partial<Pick<AskOptions, 'signal' | 'admit'>> = {}): Promise<Heard> {
  const heard: Heard = {
    said: inquiries.map(() => undefined),
    usage: { calls: 0, httpRequests: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0, costUsd: 0 },
    admitted: [],
  };
  await consultant.ask(inquiries, {
    signal: more.signal ?? never,
    admit: (positions) => {
      heard.admitted.push([...positions]);
      return more.admit?.(positions) ?? true;
    },
    onOutcome: (position, outcome) => {
      if (heard.said[position] !== undefined || position < 0 || position >= inquiries.length) throw new Error(`a second or stray answer at ${position}`);
      heard.said[position] = outcome.kind === 'failed' ? outcome.reason : [...outcome.numbers];
    },
    onUsage: (usage, positions) => {
      if (positions.length === 0) throw new Error('usage for nobody');
      for (const key of Object.keys(heard.usage) as (keyof Usage)[]) heard.usage[key] += usage[key];
    },
  });
  return heard;
}
