import { afterEach, describe, expect, it } from 'vitest';
import type { EndpointSettings } from '../../src/endpoints/index.ts';
import type { Inquiry } from '../../src/service/ports.ts';
import { bagOf, embeddings, hear, openConsultant } from '../helpers/counsel.ts';
import { failFirst, type ModelServer, type ModelServerOptions, startModelServer } from '../helpers/model-server.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).toReversed()) await part.close();
});

async function serve(options: ModelServerOptions, more: Partial<EndpointSettings>) {
  const server = await startModelServer(options);
  open.push(server);
  const consulting = openConsultant(server.url, more);
  open.push(consulting);
  return { server, consultant: consulting.consultant };
}

const bodies = ({ requests }: ModelServer, path: string) => requests.filter((request) => request.path === path).map(({ body }) => body);
const texts = (count: number): Inquiry[] => Array.from({ length: count }, (_, index) => ({ kind: 'embedding', text: `Vilnius city ${'cat '.repeat(index)}` }));

describe('embeddings', () => {
  const configured = { embeddingModel: 'e' };
  const route = { routes: { '/v1/embeddings': embeddings } };

  it('go out in lists no longer than the endpoint takes, and come back in order', async () => {
    const { server, consultant } = await serve(route, configured);
    const inquiries = texts(19);
    const heard = await hear(consultant, inquiries);
    expect(heard.said).toEqual(inquiries.map((inquiry) => bagOf((inquiry as { text: string }).text)));
    expect(bodies(server, '/v1/embeddings').map(({ model, input }) => [model, (input as string[]).length])).toEqual([['e', 8], ['e', 8], ['e', 3]]);
    expect(heard.usage).toMatchObject({ httpRequests: 3, completionTokens: 0 });
    expect(heard.usage.promptTokens).toBeGreaterThan(100);
    expect(heard.admitted.flat().toSorted((a, b) => a - b)).toEqual([...inquiries.keys()]);
  });

  it('are put in order by their index', async () => {
    const reversed = (body: Record<string, unknown>) => {
      const reply = embeddings(body) as { data: unknown[] };
      return { ...reply, data: reply.data.toReversed() };
    };
    const { consultant } = await serve({ routes: { '/v1/embeddings': reversed } }, configured);
    const heard = await hear(consultant, texts(3));
    expect(heard.said).toEqual(texts(3).map((inquiry) => bagOf((inquiry as { text: string }).text)));
  });

  it('survive a server in trouble', async () => {
    const busy = failFirst(2, { kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    const { server, consultant } = await serve({ ...route, fail: busy }, configured);
    expect((await hear(consultant, texts(2))).said.every(Array.isArray)).toBe(true);
    expect(server.requests.length).toBe(3);
  });

  it.each<[string, (data: { embedding: number[] }[]) => unknown, string]>([
    ['two lengths', ([first, second]) => [first, { embedding: second?.embedding.concat(1) }], 'dimensions'],
    ['one too few', (data) => data.slice(1), '1 embeddings for 2 texts'],
    ['no numbers', (data) => data.map(() => ({ embedding: [null] })), 'expected form'],
    ['zeros', (data) => data.map(() => ({ embedding: [0, 0] })), 'all zeros'],
    ['one index twice', (data) => data.map(({ embedding }) => ({ embedding, index: 0 })), 'two embeddings'],
    ['no list', () => 'x', 'expected form'],
  ])('that are %s are asked for three times, then failures', async (_, spoil, reason) => {
    const { server, consultant } = await serve({ routes: { '/v1/embeddings': (body) => ({ data: spoil((embeddings(body) as { data: { embedding: number[] }[] }).data) }) } }, configured);
    const heard = await hear(consultant, texts(2));
    for (const said of heard.said) expect(said).toMatch(/^malformed: /);
    expect(heard.said[0]).toContain(reason);
    expect(server.requests.length).toBe(3);
  });

  it('are halved down to the text at fault', async () => {
    const fail = ({ body }: { body: Record<string, unknown> }) => (JSON.stringify(body).includes('cat cat cat ') ? ({ kind: 'status', status: 400 } as const) : undefined);
    const { consultant } = await serve({ ...route, fail }, configured);
    const heard = await hear(consultant, texts(4));
    expect(heard.said.map((said) => Array.isArray(said))).toEqual([true, true, true, false]);
  });

  it('end the ask where the model is not there, and say who refused', async () => {
    const { consultant } = await serve({}, configured);
    await expect(hear(consultant, texts(2))).rejects.toMatchObject({ code: 'endpoint_refused', message: expect.stringContaining('the embedding model: http 404') as string });
  });

  it('are not sent where the budget says no', async () => {
    const { server, consultant } = await serve(route, configured);
    const heard = await hear(consultant, texts(10), { admit: (positions) => positions.length > 4 });
    expect(heard.said.filter((said) => said !== undefined).length).toBe(8);
    expect(bodies(server, '/v1/embeddings').length).toBe(1);
  });
});

describe('a classifier', () => {
  const pairs: Inquiry[] = [
    { kind: 'entailment', premise: 'A cat.', hypothesis: 'An animal.' },
    { kind: 'entailment', premise: 'An animal.</s></s>B', hypothesis: 'A cat.' },
  ];
  const predict = (body: Record<string, unknown>) =>
    (body['inputs'] as string[][]).map(([premise = '']) => [
      { label: 'ENTAILMENT', score: premise.startsWith('A cat') ? 0.9 : 0.2 },
      { label: 'NEUTRAL', score: 0.1 },
      { label: 'Contradiction', score: premise.startsWith('A cat') ? 0.0625 : 0.7 },
    ]);
  const classify = (body: Record<string, unknown>) => ({
    data: (body['input'] as string[]).map((text, index) => ({ index, label: 'x', probs: text.startsWith('A cat') ? [0.1, 0, 0.9] : [0.8, 0, 0.2], num_classes: 3 })),
    usage: { prompt_tokens: 9 },
  });
  const nli = { endpoint: 'main', model: 'n', separator: '</s></s>' };

  it('is asked as text-embeddings-inference has it, beside /v1', async () => {
    const { server, consultant } = await serve({ routes: { '/predict': predict } }, { nli: { ...nli, route: 'predict', label: 'entailment' } });
    expect((await hear(consultant, pairs)).said).toEqual([[0.9], [0.2]]);
    expect(bodies(server, '/predict')).toEqual([{ inputs: [['A cat.', 'An animal.'], ['An animal.</s></s>B', 'A cat.']], truncate: false }]);
  });

  it('is asked as vLLM has it, and no text can move the border between the two', async () => {
    const { server, consultant } = await serve({ routes: { '/classify': classify } }, { nli: { ...nli, route: 'classify', label: 2 } });
    expect((await hear(consultant, pairs)).said).toEqual([[0.9], [0.2]]);
    expect(bodies(server, '/classify')).toEqual([{ model: 'n', input: ['A cat.</s></s>An animal.', 'An animal. B</s></s>A cat.'] }]);
  });

  it.each([
    ['predict', predict, 'entailment', 'contradiction', [[0.9], [0.7]]],
    ['classify', classify, 2, 0, [[0.9], [0.8]]],
  ] as const)('is asked for contradiction too where it has a class for that: %s', async (route, reply, label, contradictionLabel, expected) => {
    const { server, consultant } = await serve({ routes: { [`/${route}`]: reply } }, { nli: { ...nli, route, label, contradictionLabel }, judge: { endpoint: 'main', model: 'j' } });
    const [first, second] = pairs as [Inquiry, Inquiry];
    const heard = await hear(consultant, [first, { ...second, kind: 'contradiction' } as Inquiry]);
    expect(heard.said).toEqual(expected);
    expect(consultant.identity('contradiction')).not.toBe(consultant.identity('entailment'));
    expect(server.requests.some(({ path }) => path === '/v1/chat/completions')).toBe(false);
  });

  it('without such a class leaves contradiction to the judge', async () => {
    const { consultant } = await serve({}, { nli: { ...nli, route: 'classify', label: 2 }, judge: { endpoint: 'main', model: 'j' } });
    expect(consultant.identity('contradiction')).toContain('judge');
    expect(consultant.identity('entailment')).not.toContain('judge');
  });

  it.each<[string, ModelServerOptions['routes'], string | number]>([
    ['a class that is not there', { '/predict': predict }, 'LABEL_2'],
    ['a number that is no probability', { '/predict': (body) => (body['inputs'] as string[][]).map(() => [{ label: 'e', score: 4.2 }]) }, 'e'],
    ['one result for two pairs', { '/predict': (body) => predict(body).slice(1) }, 'entailment'],
  ])('that gives %s fails with a reason', async (_, routes, label) => {
    const { consultant } = await serve({ routes: routes ?? {} }, { nli: { ...nli, route: 'predict', label } });
    for (const said of (await hear(consultant, pairs)).said) expect(said).toMatch(/^malformed: /);
  });
});

describe('nobody', () => {
  it('can be asked where nobody is configured', async () => {
    const { consultant } = await serve({}, {});
    for (const kind of ['embedding', 'entailment', 'grade', 'preference'] as const) {
      expect(() => consultant.identity(kind)).toThrow(expect.objectContaining({ code: 'scorer_unavailable' }) as Error);
    }
  });

  it('is consulted under a name that is not there', () => {
    expect(() => openConsultant('http://127.0.0.1:1/v1', { judge: { endpoint: 'nobody', model: 'm' } })).toThrow('consults nobody');
  });
});
