import { z } from 'zod';
import type { TokenRates } from '../../service/ports.ts';
import { Fault } from '../http/fault.ts';
import { reader } from '../http/read.ts';
import type { Errand } from '../traffic/channel.ts';
import type { Desk } from '../ways/way.ts';

/** Prose, a list, a table of figures and code: what prompts are made of. */
const ASCII = [
  'The committee met on Tuesday morning and, after a long discussion, agreed that the bridge should be repaired before winter.',
  'Nobody had expected the costs to rise so quickly; the engineers blamed the price of steel, which has doubled since spring.',
  '1. Ask for three offers. 2. Compare them by cost and time. 3. Report back by the end of the month.',
  '| year | cost | share |\n|---|---|---|\n| 2021 | 1,482.50 | 37 % |\n| 2022 | 1,910.75 | 41 % |',
  '{"id": "inv-20417", "total": 99.95, "items": [{"sku": "A-17", "count": 3}], "paid": true}',
  'def total(items):\n    return sum(item["price"] * item["count"] for item in items if item["count"] > 0)',
].join('\n');

/** Scripts of the world, in equal parts. */
const OTHER = ['Größe über Äcker', 'Собрание началось', '委员会在星期二开会决定修桥', '橋の修理は冬の前に終わる', 'اجتمعت اللجنة صباحا', 'समिति की बैठक हुई', '위원회가 회의를 열었다', '🙂🚀🎉'].join('\n');

/** Fewer tokens than one for so many characters are the tokens of something else. */
const SPARSEST = 20;

const list = z.array(z.unknown());
/** vLLM, SGLang and llama.cpp give an object, TGI gives the tokens themselves. */
const readTokens = reader(z.union([list, z.looseObject({ tokens: list }).transform(({ tokens }) => tokens)]));

/** How a server wants the text: vLLM and SGLang, llama.cpp, TGI. */
const FORMS: readonly ((text: string, model: string) => Record<string, unknown>)[] = [
  (text, model) => ({ model, prompt: text, add_special_tokens: false }),
  (content, model) => ({ model, content }),
  (inputs) => ({ inputs }),
];

type Form = (typeof FORMS)[number];

async function count({ channel, model }: Desk, form: Form, text: string, errand: Errand): Promise<number> {
  return (await channel.post({ path: '/tokenize', root: true, body: form(text, model) }, readTokens, errand)).length;
}

/** The form that the server reads, with what it makes of the text; one that it does not know it refuses or reads as nothing. @throws Fault */
async function formFor(desk: Desk, text: string, errand: Errand): Promise<{ form: Form; tokens: number } | null> {
  for (const form of FORMS) {
    try {
      const tokens = await count(desk, form, text, errand);
      if (tokens > 0) return { form, tokens };
    } catch (error) {
      if (!(error instanceof Fault) || !error.refusesRequest) throw error;
    }
  }
  return null;
}

/**
 * How many tokens the model's tokenizer makes of texts, from the server's /tokenize.
 * @returns the rates, or why they cannot be had
 * @throws Fault
 */
export async function tokenRates(desk: Desk, errand: Errand): Promise<TokenRates | string> {
  const read = await formFor(desk, ASCII, errand);
  const ascii = (read?.tokens ?? 0) / ASCII.length;
  if (!read || ascii < 1 / SPARSEST || ascii > 1) return '/tokenize gives the tokens of something else';
  const characters = Array.from(OTHER);
  const others = characters.filter((character) => character > '\x7f').length;
  const rest = (await count(desk, read.form, OTHER, errand)) - (characters.length - others) * ascii;
  return { ascii, other: Math.max(1 / SPARSEST, rest / others) };
}
