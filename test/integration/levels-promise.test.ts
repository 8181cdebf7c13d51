import { afterEach, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../helpers/model-server.ts';
import { explainAndWait, type Stack, startStack } from '../helpers/stack.ts';

/*
 * The promise of multi-level attribution: 200 sentences in 20 paragraphs, three of which matter, are told from the others
 * with at most a quarter of the calls that taking every sentence away would need, counted at the endpoint.
 */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

/** Sentences in each paragraph; 200 in all. */
const LENGTHS = [10, 12, 8, 9, 11, 10, 7, 13, 10, 10, 9, 11, 12, 8, 10, 10, 13, 7, 10, 10];
const MOST = 50;

const sentence = (paragraph: number, at: number): string => `Entry ${String.fromCharCode(65 + paragraph)}${at} is dull.`;

/** Texts whose paragraphs hold a fact at the given places; what a fact is worth is planted in the server. */
function passage(facts: readonly { paragraph: number; at: number; text: string }[]): string {
  const paragraphs = LENGTHS.map((length, paragraph) =>
    Array.from({ length }, (_, at) => facts.find((fact) => fact.paragraph === paragraph && fact.at === at)?.text ?? sentence(paragraph, at)).join(' '),
  );
  return paragraphs.join('\n\n');
}

const FACTS = [
  { text: 'The falcon is grey.', worth: 6 },
  { text: 'The harbour is closed.', worth: 4 },
  { text: 'The ledger is lost.', worth: 3 },
];

async function serve(): Promise<{ server: ModelServer; stack: Stack }> {
  const value = (context: string) => FACTS.reduce((sum, { text, worth }) => sum + (context.includes(text) ? worth : 0), -15);
  // every token of the passage is planted too, or the fake would work out each one's chance from all that stands before it
  const logprob = (token: string, context: string) => (token.trim() === 'Yes' ? value(context) : context.length > 300 ? -1 : undefined);
  const server = await startModelServer({ answer: () => 'Yes', logprob });
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url }] });
  open.push(stack);
  return { server, stack };
}

const APART = [{ paragraph: 3, at: 4 }, { paragraph: 9, at: 0 }, { paragraph: 14, at: 9 }];
const TOGETHER = [{ paragraph: 7, at: 1 }, { paragraph: 7, at: 12 }, { paragraph: 18, at: 5 }];

describe.each([['one in each of three paragraphs', APART], ['two of them in one paragraph', TOGETHER]])('%s', (_, places) => {
  it.each(['leave-one-out', 'lasso', 'auto'])('%s finds all three with a quarter of the calls', async (method) => {
    const { server, stack } = await serve();
    const text = passage(FACTS.map((fact, at) => ({ ...(places[at] as { paragraph: number; at: number }), text: fact.text })));
    const job = (completion: string) => ({
      call: { model: 'm', temperature: 0, messages: [{ role: 'user', content: [{ type: 'text', text }, { type: 'text', text: '\nWell?', explain: 'fixed' }] }] },
      completion,
      method: { id: method, options: { levels: ['paragraph', 'sentence'] } },
      budget: { calls: MOST },
    });
    // the first job finds out what the server can do, which is no job's own
    await explainAndWait(stack.app, { ...job('No'), method: { id: 'leave-one-out' }, segmenter: { id: 'message' }, budget: {} });
    const before = server.evaluationCount();
    const { body } = await explainAndWait(stack.app, job('Yes'));
    expect(body.error).toBeNull();
    const calls = server.evaluationCount() - before;
    expect(calls).toBeLessThanOrEqual(MOST);
    expect(body.result?.usage.calls).toBe(calls);
    const { units = [], attributions = [] } = body.result ?? {};
    const sentences = units.filter((unit) => unit.level === 'sentence');
    const ranked = sentences.toSorted((a, b) => (attributions[0]?.scores[b.index] ?? 0) - (attributions[0]?.scores[a.index] ?? 0));
    expect(ranked.slice(0, 3).map((unit) => unit.text.trim())).toEqual(FACTS.map((fact) => fact.text));
  });
});
