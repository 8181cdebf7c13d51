import { Routes } from './completions.ts';
import type { ModelServerOptions, VllmOptions } from './options.ts';
import { Prefixes } from './prefixes.ts';
import { Refusal } from './refusal.ts';
import { decode, type Token } from './tokens.ts';

type Body = Record<string, unknown>;

const FACTORS = { raw: 1, zeroed: 0, masked: 1e-7, skewed: 1.25 };
/** vLLM remembers whole blocks. */
const BLOCK = 16;

/** `numpy.save` of a float32 matrix with one column, base64. */
function npy(values: readonly number[]): string {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length}, 1), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  const start = Buffer.alloc(10);
  start.write('\u0093NUMPY', 'latin1');
  start[6] = 1;
  start.writeUInt16LE(header.length, 8);
  const body = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => body.writeFloatLE(value, 4 * index));
  return Buffer.concat([start, Buffer.from(header, 'latin1'), body]).toString('base64');
}

/** What newer releases of vLLM have beside /v1: /inference/v1/generate, from token ids to token ids. */
export class VllmRoutes extends Routes {
  readonly #vllm: VllmOptions;
  readonly #prefixes = new Prefixes(BLOCK);

  constructor(options: ModelServerOptions) {
    super(options);
    this.#vllm = options.vllm ?? {};
  }

  override handlers(): Record<string, (body: Body) => object> {
    return { ...super.handlers(), '/inference/v1/generate': (body) => this.#generate(body) };
  }

  /** Its chat and completions routes fill the cache too. */
  override chat(body: Body): object {
    const reply = super.chat(body);
    this.#prefixes.remember(this.generatedFor(body));
    return reply;
  }

  #generate(body: Body): object {
    const ids = body['token_ids'];
    if (!Array.isArray(ids)) throw new Refusal(422, 'missing', 'token_ids: Field required');
    const prompt = this.fromIds(ids as number[]);
    this.refuse(decode(prompt, true));
    const sampling = (body['sampling_params'] ?? {}) as Body;
    const { scores = 'raw', trace = 'raw' } = this.#vllm;
    const wanted = sampling['prompt_logprob_token_ids'];
    const cached = sampling['skip_reading_prefix_cache'] === false || wanted === undefined ? this.#prefixes.known(prompt, prompt.length - 1) : 0;
    const forced = trace === 'ignored' ? undefined : sampling['trace_decode_token_ids'];
    const most = Number(sampling['max_tokens'] ?? 16);
    const text = decode(prompt, true).replace(/^<\|begin\|>/, '');
    const tokens = Array.isArray(forced) ? this.fromIds(forced as number[]).slice(0, most) : this.model.generate({ text, body }, most).tokens;
    this.#prefixes.remember([...prompt, ...tokens]);
    const rows = scores === 'ignored' ? null : this.#scores(prompt, wanted, Number(sampling['prompt_logprob_start'] ?? 0), cached, FACTORS[scores]);
    const factor = trace === 'ignored' ? 1 : FACTORS[trace];
    return {
      request_id: 'generate-tokens-fake',
      choices: [{ index: 0, logprobs: this.#logprobs(prompt, tokens, sampling['logprobs'], factor), finish_reason: 'length', token_ids: tokens.map(({ id }) => id) }],
      prompt_logprobs: null,
      prompt_token_id_logprobs: rows,
      kv_transfer_params: null,
    };
  }

  /** null where the cache goes past the first row, as nothing is computed for what is known. */
  #scores(prompt: readonly Token[], wanted: unknown, start: number, cached: number, factor: number): string | null {
    if (!Array.isArray(wanted)) return null;
    if (wanted.length !== prompt.length - 1 - start) throw new Refusal(400, 'BadRequestError', 'prompt_logprob_token_ids has the wrong number of rows');
    if (cached > start) return null;
    const values = this.model.logprobs(prompt, start + 1).slice(start + 1);
    return npy(values.map((value) => (value ?? 0) * factor));
  }

  #logprobs(prompt: readonly Token[], tokens: readonly Token[], asked: unknown, factor: number): object | null {
    if (typeof asked !== 'number') return null;
    const values = this.model.logprobs([...prompt, ...tokens], prompt.length).slice(prompt.length);
    return { content: tokens.map(({ id }, index) => ({ token: `token_id:${id}`, logprob: (values[index] ?? 0) * factor, bytes: null, top_logprobs: [] })) };
  }
}
