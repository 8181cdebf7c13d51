import type { Supports } from '../../src/service/ports.ts';
import { chat, MODEL, never, openEndpoint, prompt, type TestEndpoint } from './endpoint-kit.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.ts';

/*
 * A game whose values are known, played by whoever weighs: each sentence of a passage adds its worth to the answer's first token.
 */

export const ANSWER = 'Zürich, not 東京!';
const passage = ['The sky was clear.', 'Galdor lives in Zürich.', 'Coffee was served.', 'Nobody called.'];
const worth = [0.5, 4, -0.25, 1];
const NOTHING = -9;

export const planted: ModelServerOptions = {
  answer: ({ text }) => (text.endsWith('>') ? ANSWER : ` ${ANSWER}`),
  logprob: (token, context) => (token.trim() === 'Zürich,' ? passage.reduce((sum, sentence, index) => sum + (context.includes(sentence) ? (worth[index] ?? 0) : 0), NOTHING) : undefined),
};

/** All sixteen subsets of the passage, a bit for each sentence. */
export const masks = Array.from({ length: 16 }, (_, index) => index);
const isIn = (mask: number, index: number): boolean => (mask >> index) % 2 === 1;

/** The passage with the sentences whose bit is set. */
export const kept = (mask: number): string => passage.filter((_, index) => isIn(mask, index)).join(' ');

/** What the first token weighs under it. */
export const valueOf = (mask: number): number => worth.reduce((sum, each, index) => sum + (isIn(mask, index) ? each : 0), NOTHING);

/** Calls of both shapes about a passage, and how they are answered. */
export const plantedShapes = [
  ['chat', (text: string) => chat(text), ANSWER],
  ['completion', (text: string) => prompt(`${text}\nAnswer:`), ` ${ANSWER}`],
] as const;

export interface Probed extends TestEndpoint {
  server: ModelServer;
  supports: Supports;
}

/** An endpoint at a server that was asked what it can do. @param closers get what the test has to close */
export async function openProbed(closers: (() => Promise<void>)[], options: ModelServerOptions, more: Parameters<typeof openEndpoint>[1] = {}): Promise<Probed> {
  const server = await startModelServer(options);
  const opened = openEndpoint(server.url, more);
  closers.push(opened.close, () => server.close());
  return { ...opened, server, supports: await opened.endpoint.supports(MODEL, never) };
}
