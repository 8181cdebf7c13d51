import { z } from 'zod';
import type { AskOptions, Said } from '../../service/ports.ts';
import { inBatches, sendBatch, together } from '../batches.ts';
import { malformed, reader } from '../http/read.ts';
import type { Desk } from '../ways/way.ts';

const readEmbeddings = reader(
  z.looseObject({ data: z.array(z.looseObject({ index: z.int().nonnegative().nullish(), embedding: z.array(z.number()).min(1) })) }),
);

/** Vectors in the order of the texts. @throws Fault malformed when one is missing, has another length or no direction */
function vectors(reply: object, count: number): Said[] {
  const { data } = readEmbeddings(reply);
  if (data.length !== count) throw malformed(`the reply has ${data.length} embeddings for ${count} texts`);
  const inOrder = data.map((entry, place) => ({ ...entry, place: entry.index ?? place })).sort((a, b) => a.place - b.place);
  const length = inOrder[0]?.embedding.length ?? 0;
  return inOrder.map(({ embedding, place }, position) => {
    if (place !== position) throw malformed('the reply has two embeddings for one text');
    if (embedding.length !== length) throw malformed(`the reply has embeddings of ${length} and of ${embedding.length} dimensions`);
    const numbers = Float64Array.from(embedding);
    if (!numbers.every(Number.isFinite)) throw malformed('an embedding has entries that are no numbers');
    if (numbers.every((value) => value === 0)) throw malformed('an embedding is all zeros');
    return { kind: 'said', numbers };
  });
}

/** POST /embeddings, as many texts in a request as the endpoint takes. @throws ProblemError endpoint_refused, or the signal's reason */
export async function embed(texts: readonly string[], { channel, model, maxBatch }: Desk, options: AskOptions<Said>): Promise<void> {
  const pieces = texts.map((input, position) => ({ position, input, patience: channel.patience() }));
  const ask = {
    channel,
    options,
    request: (inputs: readonly string[]) => ({ path: '/embeddings', body: { model, input: inputs.length === 1 ? inputs[0] : inputs } }),
    read: (reply: object, inputs: readonly string[]) => vectors(reply, inputs.length),
  };
  await together(options.signal, (signal) => inBatches(pieces, maxBatch, 1).map((batch) => sendBatch(batch, ask, signal)));
}
