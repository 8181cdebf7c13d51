import { z } from 'zod';
import type { Rung } from '../../../service/ports.ts';
import { Fault } from '../../http/fault.ts';
import { malformed } from '../../http/read.ts';
import type { Errand } from '../../traffic/channel.ts';
import { sameIds } from '../id-lists.ts';
import { type Desk, type Sample, sum, type Trial, type Way, type Weigher } from '../way.ts';
import type { IdSource, Sequence, SequenceForm, Told } from './sequence.ts';
import { SequenceWeigher } from './weigher.ts';

/** A way that weighs token ids; what tells one from another is data. */
export interface SequenceWay {
  id: string;
  title: string;
  rung: Rung;
  needsEcho: boolean;
  /** The route that it stands and falls with, where that is not /completions. */
  route?: string;
  source: IdSource;
  /** In the order in which they are tried. */
  forms: readonly SequenceForm[];
  remembers: boolean;
}

interface Found {
  form: SequenceForm;
  lists: boolean;
  values: (readonly number[])[];
}

async function told(desk: Desk, form: SequenceForm, sequences: readonly Sequence[], asList: boolean, errand: Errand): Promise<(readonly number[] | string)[]> {
  // read after the request has ended, so that a reply of another form is not asked for again
  const reply = await desk.channel.post(form.request(desk, sequences, asList), (body) => body, errand);
  const all: Told[] = form.read(reply, sequences);
  return Promise.all(
    sequences.map(async (sequence, index) => {
      const values = all[index] ?? null;
      if (values !== null) return values;
      if (!form.otherwise) throw malformed('the reply has no log-probabilities of the answer');
      return (await told(desk, form.otherwise, [sequence], false, errand))[0] ?? 'nothing was weighed';
    }),
  );
}

/** The first form that tells something, as a list where that is taken. @returns why there is none. @throws Fault when the server is in trouble */
async function firstForm(desk: Desk, forms: readonly SequenceForm[], sequences: readonly Sequence[], errand: Errand): Promise<Found | string> {
  let why = '';
  const tries = forms.flatMap((each) => (each.lists ? [true, false] : [false]).map((asList) => ({ form: each, lists: asList })));
  for (const { form, lists } of tries) {
    try {
      const answers: (readonly number[] | string)[] = [];
      for (const part of lists ? [sequences] : sequences.map((sequence) => [sequence])) answers.push(...(await told(desk, form, part, lists, errand)));
      const values = answers.filter((each) => typeof each !== 'string');
      return values.length === answers.length ? { form, lists, values } : String(answers.find((each) => typeof each === 'string'));
    } catch (error) {
      if (!(error instanceof Fault) || !error.unwilling) throw error;
      why = error.reason;
      if (error.status === 404) break;
    }
  }
  return why;
}

interface Cut {
  prompt: readonly number[];
  ids: readonly number[];
}

/** What a source made of a sample, so that ways that share the source ask for it once. */
const cuts = new WeakMap<Sample, Map<IdSource, Promise<Cut>>>();

function cutOf(desk: Desk, source: IdSource, sample: Sample, errand: Errand): Promise<Cut> {
  const known = cuts.get(sample) ?? new Map<IdSource, Promise<Cut>>();
  cuts.set(sample, known);
  const ask = async (): Promise<Cut> => {
    const prompt = await source.prompt(desk, sample.call, errand);
    return { prompt, ids: (await source.answer(desk, sample.text, errand)).ids };
  };
  const found = known.get(source) ?? ask();
  known.set(source, found);
  return found;
}

const recipeSchema = z.object({ form: z.string(), lists: z.boolean() });

/** The way that these forms and this source of ids make. */
export function bySequences({ id, title, rung, needsEcho, route, source, forms, remembers }: SequenceWay): Way {
  const weigherOf = (desk: Desk, form: SequenceForm, lists: boolean): Weigher => new SequenceWeigher(desk, { rung, source, form, lists, remembers });

  const tryOn = async (desk: Desk, sample: Sample, errand: Errand): Promise<Trial | string> => {
    const { prompt, ids } = await cutOf(desk, source, sample, errand);
    if (sample.promptIds && !sameIds(sample.promptIds, prompt)) return 'the chat route renders other tokens than /tokenize';
    // when the border to the prompt changes how an answer is cut, ids of the answer alone are not what was generated
    if (ids.length !== sample.logprobs.length || (sample.ids && !sameIds(sample.ids, ids))) {
      return 'the tokenizer cuts the answer otherwise than it was generated';
    }
    const backwards = ids.toReversed();
    const other = sameIds(backwards, ids) ? prompt.slice(0, ids.length) : backwards;
    const sequences = [ids, other].map((answer): Sequence => ({ prompt, answer, about: [sample.call, sample.text] }));
    const found = await firstForm(desk, forms, sequences, errand);
    if (typeof found === 'string') return found;
    const { form, lists, values } = found;
    const [own = [], less = []] = values;
    return {
      own,
      other: sum(less),
      lists: route === undefined ? lists : null,
      weigher: weigherOf(desk, form, lists),
      recipe: { form: form.id, lists },
    };
  };

  const revive = (desk: Desk, recipe: unknown): Weigher | null => {
    const { data } = recipeSchema.safeParse(recipe);
    const form = forms.find((each) => each.id === data?.form);
    return data && form ? weigherOf(desk, form, data.lists) : null;
  };

  return { id, title, rung, needsEcho, ...(route === undefined ? {} : { route }), tryOn, revive };
}
