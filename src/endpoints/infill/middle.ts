import { z } from 'zod';
import type { Blanks, ProposeOptions, Wanted } from '../../service/ports.ts';
import type { Request } from '../http/client.ts';
import { reader } from '../http/read.ts';
import { NOT_ADMITTED } from '../traffic/channel.ts';
import type { Desk } from '../ways/way.ts';
import { Forms } from './forms.ts';

interface Gap {
  before: string;
  words: string;
  behind: string;
}

interface Route {
  request: (gap: Gap, wanted: Wanted, seed: number) => Request;
  /** @throws Fault malformed */
  read: (reply: object) => string;
}

const readInfill = reader(z.looseObject({ content: z.string() }));
const readCompletion = reader(z.looseObject({ choices: z.array(z.looseObject({ text: z.string() })).min(1) }));

/** Room for words about as long as those that they stand for, in tokens. */
const roomFor = (words: string): number => 8 + Math.ceil(words.length / 2);

/** llama.cpp's own route, then the completions route of servers whose models fill gaps. */
const ROUTES: readonly Route[] = [
  {
    request: ({ before, words, behind }, { temperature }, seed) => ({
      path: '/infill',
      root: true,
      body: { input_prefix: before, input_suffix: behind, n_predict: roomFor(words), temperature, seed, stream: false },
    }),
    read: (reply) => readInfill(reply).content,
  },
  {
    request: ({ before, words, behind }, { model, temperature }, seed) => ({
      path: '/completions',
      body: { model, prompt: before, suffix: behind, max_tokens: roomFor(words), temperature, seed },
    }),
    read: (reply) => readCompletion(reply).choices[0]?.text ?? '',
  },
];

/** A filling that cannot be used is asked for once more, with another seed. */
const ASKS = 2;

/** The first line of a filling, without the space around it. */
function fillingOf(text: string): string {
  return text.trim().split(/[\n\r]/, 1)[0]?.trim() ?? '';
}

/** Asks a model that fills gaps for words, a request for each. @throws ProblemError endpoint_refused, or the signal's reason */
export async function proposeByMiddle(asked: readonly Blanks[], wanted: Wanted, { channel }: Desk, options: ProposeOptions): Promise<void> {
  const forms = new Forms(channel, ROUTES.length);
  const route = (form: number) => ROUTES[form] as Route;
  await forms.all(asked, options, async ({ text, spans, variant }, position, errand) => {
    const { start, end } = spans[0] ?? { start: 0, end: 0 };
    const gap = { before: text.slice(0, start), words: text.slice(start, end), behind: text.slice(end) };
    for (let turn = 0; turn < ASKS; turn += 1) {
      const seed = variant + turn * wanted.proposals;
      const reply = await forms.put((form) => route(form).request(gap, wanted, seed), (each, form) => route(form).read(each), () => options.admit([position]), errand);
      if (reply === NOT_ADMITTED) {
        if (turn === 0) return;
        break;
      }
      const filling = fillingOf(reply);
      if (filling !== '' && options.accept(position, 0, filling)) return options.onOutcome(position, { kind: 'proposed', proposals: [[filling]] });
    }
    options.onOutcome(position, { kind: 'failed', reason: 'unusable proposals: the filling was empty or repeats the words that it was to replace' });
  });
}
