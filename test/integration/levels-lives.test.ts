import { afterEach, describe, expect, it } from 'vitest';
import type { Result } from '../../src/contract/resource.ts';
import { expectTree, leavesOf, partsOf } from '../helpers/leveltree.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';
import { ended, type Explanation, explainAndWait, type Stack, type StackOptions, startStack, topUnit } from '../helpers/stack.ts';

/*
 * Jobs with levels that are stopped, handed back or failed at in between, and calls of every form.
 */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

const text = ['The sky was clear. Coffee was served at noon.', 'Galdor is based in Vilnius. The road was narrow. Nobody answered.', 'It rained. It stopped. It rained again.'].join('\n\n');
const value = (context: string) => -9 + (context.includes('Vilnius') ? 5 : 0) + (context.includes('noon') ? 1 : 0);
const planted: ModelServerOptions = { answer: () => 'Yes', logprob: (token, context) => (token.trim() === 'Yes' ? value(context) : undefined) };

async function serve(options: ModelServerOptions, endpoint: NonNullable<StackOptions['endpoints']>[number] = {}, workers = 1): Promise<{ server: ModelServer; stack: Stack }> {
  const server = await startModelServer(options);
  open.push(server);
  const stack = await startStack({ endpoints: [{ baseUrl: server.url, ...endpoint }], workers });
  open.push(stack);
  return { server, stack };
}

const chat = (content: unknown) => ({ model: 'm', temperature: 0, messages: [{ role: 'user', content }] });
const job = (method: string, call: object, more: object = {}) => ({ call, completion: 'Yes', method: { id: method, options: { levels: ['paragraph', 'sentence'] } }, ...more });

const post = async (stack: Stack, payload: object) => (await stack.app.inject({ method: 'POST', url: '/v1/explanations', payload })).json<Explanation>();
/** Lets a server answer so many evaluations more and holds the next request until it is opened. */
class Gate {
  #left = Infinity;
  #reached = Promise.withResolvers<void>();
  #opened = Promise.withResolvers<void>();

  readonly hold = async ({ evaluations }: { evaluations: number }): Promise<void> => {
    this.#left -= evaluations;
    if (this.#left >= 0) return;
    this.#reached.resolve();
    await this.#opened.promise;
  };

  after(evaluations: number): void {
    this.#left = evaluations;
  }

  reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#left = Infinity;
    this.#opened.resolve();
  }
}

const slow = { concurrency: 1, maxBatch: 1 };

describe('a job with levels that is interrupted', () => {
  it.each(['leave-one-out', 'lasso', 'shapley'])('%s, cancelled at the second level, keeps what it knew', async (method) => {
    const gate = new Gate();
    const { stack } = await serve({ ...planted, hold: gate.hold }, slow);
    await explainAndWait(stack.app, job('leave-one-out', chat('Warm up. Now.')));
    const options = { levels: ['paragraph', 'sentence'], ...(method === 'lasso' ? { num_masks: 40 } : {}) };
    // three paragraphs have eight masks, the whole and one without each are four of them
    gate.after(method === 'leave-one-out' ? 5 : 9);
    const { id } = await post(stack, job(method, chat(text), { method: { id: method, options } }));
    await gate.reached();
    await stack.app.inject({ method: 'POST', url: `/v1/explanations/${id}/cancel` });
    const body = await ended(stack.app, id);
    gate.open();
    expect(body.status).toBe('cancelled');
    const result = body.result as Result;
    expectTree(result);
    expect(result.stopped_by).toBe('cancelled');
    expect(partsOf(result.units).size).toBeGreaterThan(0);
    const scores = result.attributions[0]?.scores ?? [];
    // whatever the sentences know by now, no paragraph lost what it had
    for (const unit of result.units) if (unit.parent === null) expect(scores[unit.index], unit.text).not.toBeNull();
    const later = await stack.app.inject({ method: 'POST', url: `/v1/explanations/${id}/attributions`, payload: { targets: [{ kind: 'completion' }] } });
    expect(later.json<{ attributions: unknown }>().attributions).toEqual(result.attributions);
  });

  it('handed back and taken on by another worker, asks nothing twice and ends as if nothing had been', async () => {
    const gate = new Gate();
    const { server, stack } = await serve({ ...planted, hold: gate.hold }, slow, 0);
    const first = await stack.addWorker();
    await explainAndWait(stack.app, job('leave-one-out', chat('Warm up. Now.')));
    const before = server.evaluationCount();
    gate.after(12);
    const { id } = await post(stack, job('auto', chat(text), { seed: 4 }));
    await gate.reached();
    await first.close();
    gate.open();
    await stack.addWorker();
    const body = await ended(stack.app, id);
    expect(body.status).toBe('completed');
    const asked = server.evaluationCount() - before;
    const result = body.result as Result;
    expectTree(result);
    const again = await explainAndWait(stack.app, job('auto', chat(text), { seed: 4 }));
    expect(again.body.result?.usage.calls).toBe(0);
    expect(again.body.result?.attributions).toEqual(result.attributions);
    // what was in flight when the first worker let go is all that may be asked again
    expect(asked).toBeLessThanOrEqual(result.evaluations.distinct + slow.concurrency);
  });

  it('a sentence whose evaluations fail costs its own score and not that of its paragraph', async () => {
    const { stack } = await serve({ ...planted, refuse: (prompt) => prompt.includes('Nobody') && prompt.includes('Vilnius') && !prompt.includes('narrow') });
    const { body } = await explainAndWait(stack.app, job('leave-one-out', chat(text)));
    expect(body.status).toBe('completed');
    const result = body.result as Result;
    expectTree(result);
    const scores = result.attributions[0]?.scores ?? [];
    const unit = (start: string) => result.units.findIndex((each) => each.text.startsWith(start) && each.level === 'sentence');
    expect(scores[unit('The road')]).toBeNull();
    expect(scores[unit('Galdor')]).toBeCloseTo(5, 9);
    expect(scores[result.units[unit('Galdor')]?.parent ?? -1]).toBeCloseTo(5, 9);
    expect(result.attributions[0]?.reasons).toEqual([expect.stringMatching(/^1 of 6 units have no score/)]);
  });
});

describe('calls of every form', () => {
  const tools = [{ type: 'function', function: { name: 'find', parameters: {} }, explain: 'whole' }];

  it.each<[string, object]>([
    ['a prompt', { model: 'm', prompt: [{ type: 'text', text }, { type: 'text', text: '\nAnswer:', explain: 'fixed' }], temperature: 0 }],
    ['a prompt as one string', { model: 'm', prompt: `${text}\nAnswer:`, temperature: 0 }],
    ['messages and tools', { ...chat(text), tools }],
    ['a whole part beside a split one', chat([{ type: 'text', text: 'Rules apply. Always.\n\nYes.', explain: 'whole' }, { type: 'text', text }])],
    ['input and instructions', { model: 'm', instructions: 'Be brief. Be kind.', input: [{ role: 'user', content: text }], temperature: 0 }],
  ])('%s', async (_, call) => {
    const { stack } = await serve({ ...planted, answer: ({ text: seen }) => (seen.includes('Vilnius') ? ' Yes' : ' No idea at all') });
    const { body } = await explainAndWait(stack.app, job('leave-one-out', call, { completion: ' Yes' }));
    expect(body.error).toBeNull();
    const result = body.result as Result;
    expectTree(result);
    expect(topUnit(result)).toBe('Galdor is based in Vilnius.');
    for (const unit of result.units) if (unit.level === 'part' || unit.level === 'tool') expect(unit.parent).toBeNull();
  });

  it('messages of several texts are opened text by text', async () => {
    const { stack } = await serve(planted);
    const parts = [{ type: 'text', text: 'It rained. It stopped.' }, { type: 'text', text: 'Well?', explain: 'fixed' }, { type: 'text', text }];
    const call = { model: 'm', temperature: 0, messages: [{ role: 'system', content: 'Be brief. Be kind.' }, { role: 'user', content: parts }] };
    const { body } = await explainAndWait(stack.app, job('leave-one-out', call, { method: { id: 'leave-one-out', options: { levels: ['message', 'document', 'paragraph', 'word'] } } }));
    expect(body.error).toBeNull();
    const result = body.result as Result;
    expectTree(result);
    expect(result.units.slice(0, 5).map(({ at, level, parent }) => [at, level, parent])).toEqual([
      ['messages[0].content', 'message', null],
      ['messages[1]', 'message', null],
      ['messages[1].content[0]', 'document', 1],
      ['messages[1].content[1]', 'part', null],
      ['messages[1].content[2]', 'document', 1],
    ]);
    expect(topUnit(result)).toBe('Vilnius.');
    expect(leavesOf(result.units).some(({ level }) => level === 'word')).toBe(true);
  });

  it('by the text of new answers, for several targets', async () => {
    const { stack } = await serve({ answer: ({ text: seen }) => `${seen.includes('Vilnius') ? 'It is Vilnius.' : 'Nobody knows.'} ${seen.includes('noon') ? 'At noon.' : 'Some time.'}` });
    const more = { completion: 'It is Vilnius. At noon.', targets: [{ kind: 'sentences' }], scorer: { id: 'token-f1' } };
    const { body } = await explainAndWait(stack.app, job('leave-one-out', chat(text), more));
    expect(body.error).toBeNull();
    const result = body.result as Result;
    expectTree(result);
    // what matters to one target alone is opened for all
    expect([...partsOf(result.units).keys()].map((index) => result.units[index]?.text.slice(0, 6))).toEqual(['The sk', 'Galdor']);
    const top = result.attributions.map(({ scores }) => leavesOf(result.units).toSorted((a, b) => (scores[b.index] ?? 0) - (scores[a.index] ?? 0))[0]?.text.trim());
    expect(top).toEqual(['Galdor is based in Vilnius.', 'Coffee was served at noon.']);
  });
});
