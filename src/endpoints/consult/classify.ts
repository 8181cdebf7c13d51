import { z } from 'zod';
import type { AskOptions, Said } from '../../service/ports.ts';
import { inBatches, sendBatch, together } from '../batches.ts';
import type { Request } from '../http/client.ts';
import { malformed, reader } from '../http/read.ts';
import type { Desk } from '../ways/way.ts';
import type { ClassifierSettings } from './consulted.ts';

export interface Pair {
  premise: string;
  hypothesis: string;
}

interface Route {
  request(pairs: readonly Pair[], model: string, settings: ClassifierSettings): Request;
  /** Probability of the class `label` for every pair. @throws Fault malformed */
  read(reply: object, label: string | number): number[];
}

const readPredictions = reader(z.array(z.array(z.looseObject({ label: z.string(), score: z.number() }))));

const readClasses = reader(
  z.looseObject({ data: z.array(z.looseObject({ index: z.int().nonnegative().nullish(), probs: z.array(z.number()) })) }),
);

function named(label: string | number): string {
  return String(label).toLowerCase();
}

const ROUTES: Readonly<Record<ClassifierSettings['route'], Route>> = {
  predict: {
    request: (pairs) => ({
      path: '/predict',
      root: true,
      body: { inputs: pairs.map(({ premise, hypothesis }) => [premise, hypothesis]), truncate: false },
    }),
    read: (reply, label) =>
      readPredictions(reply).map((classes) => classes.find((each) => named(each.label) === named(label))?.score ?? Number.NaN),
  },
  classify: {
    request: (pairs, model, { separator }) => {
      // a text that holds the separator would move the border
      const safe = (text: string) => text.replaceAll(separator, ' ');
      return { path: '/classify', root: true, body: { model, input: pairs.map((pair) => safe(pair.premise) + separator + safe(pair.hypothesis)) } };
    },
    read: (reply, label) => {
      const { data } = readClasses(reply);
      const inOrder = data.map(({ index, probs }, place) => ({ place: index ?? place, probs })).sort((a, b) => a.place - b.place);
      return inOrder.map(({ probs }) => probs[Number(label)] ?? Number.NaN);
    },
  },
};

/** Softmax in single precision passes 1 by about this much. */
const ROUNDING = 1e-4;

function probabilities(found: readonly number[], count: number): Said[] {
  if (found.length !== count) throw malformed(`the reply has ${found.length} results for ${count} pairs`);
  return found.map((value) => {
    if (Number.isNaN(value)) throw malformed('the reply has no such class: look at its labels in the configuration');
    if (value < -ROUNDING || value > 1 + ROUNDING) throw malformed('the reply holds something that is no probability');
    return { kind: 'said', numbers: Float64Array.of(Math.min(1, Math.max(0, value))) };
  });
}

/** Probability of the class `label` of pairs by a classifier of text pairs. @throws ProblemError endpoint_refused, or the signal's reason */
export async function classify(pairs: readonly Pair[], label: string | number, desk: Desk, settings: ClassifierSettings, options: AskOptions<Said>): Promise<void> {
  const { channel, model, maxBatch } = desk;
  const route = ROUTES[settings.route];
  const pieces = pairs.map((input, position) => ({ position, input, patience: channel.patience() }));
  const ask = {
    channel,
    options,
    request: (inputs: readonly Pair[]) => route.request(inputs, model, settings),
    read: (reply: object, inputs: readonly Pair[]) => probabilities(route.read(reply, label), inputs.length),
  };
  await together(options.signal, (signal) => inBatches(pieces, maxBatch, 1).map((batch) => sendBatch(batch, ask, signal)));
}
