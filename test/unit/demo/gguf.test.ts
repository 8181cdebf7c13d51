import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeGguf } from '../../../demo/gguf/encode.ts';
import { interleaveHalves } from '../../../demo/gguf/tensors.ts';
import { findModelFolder, readConfig } from '../../../demo/model-files.ts';
import { Tokenizer } from '../../../demo/tokenizer.ts';
import { toGguf } from '../../../demo/to-gguf.ts';
import { loadWeights } from '../../../demo/weights.ts';
import { readGguf } from '../../helpers/gguf.ts';

const folder = findModelFolder();
const config = readConfig(folder);
const gguf = readGguf(toGguf());
const tensor = (name: string) => gguf.tensors.get(name) ?? { shape: [], type: -1, values: new Float32Array() };

/** A byte of GPT-2's alphabet, from its definition: the printable ones are themselves. */
function bytesOf(spelled: string): number[] {
  const own = (code: number) => (code >= 33 && code <= 126) || (code >= 161 && code <= 172) || (code >= 174 && code <= 255);
  const others = Array.from({ length: 256 }, (_, code) => code).filter((code) => !own(code));
  return Array.from(spelled, (letter) => (letter.charCodeAt(0) < 256 ? letter.charCodeAt(0) : others[letter.charCodeAt(0) - 256]!));
}

describe('the embedded model as GGUF', () => {
  it('says what the network is', () => {
    expect(gguf.version).toBe(3);
    expect(gguf.metadata).toMatchObject({
      'general.architecture': 'llama',
      'llama.context_length': 512,
      'llama.embedding_length': 128,
      'llama.feed_forward_length': 256,
      'llama.block_count': 4,
      'llama.attention.head_count': 4,
      'llama.attention.head_count_kv': 4,
      'llama.rope.dimension_count': 32,
      'llama.rope.freq_base': 1_000_000,
      'llama.attention.layer_norm_rms_epsilon': Math.fround(1e-5),
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.bos_token_id': 0,
      'tokenizer.ggml.eos_token_id': 1,
      'tokenizer.ggml.padding_token_id': 5,
      'tokenizer.ggml.add_bos_token': true,
    });
  });

  it('holds every weight once, to the last bit', () => {
    const weights = loadWeights(folder, config);
    const { width, inner, vocab, layers } = config;
    expect(gguf.tensors.size).toBe(2 + 9 * layers);
    expect([...gguf.tensors.values()].every(({ type }) => type === 0)).toBe(true);
    expect(tensor('token_embd.weight').shape).toEqual([width, vocab]);
    expect(tensor('token_embd.weight').values).toEqual(weights.embedding.slice(0, vocab * width));
    expect(tensor('output_norm.weight').values).toEqual(weights.finalNorm);
    weights.layers.forEach((layer, index) => {
      const own = (name: string) => tensor(`blk.${index}.${name}.weight`).values;
      const square = width * width;
      expect(own('attn_q')).toEqual(interleaveHalves(layer.queryKeyValue.slice(0, square), config));
      expect(own('attn_k')).toEqual(interleaveHalves(layer.queryKeyValue.slice(square, 2 * square), config));
      expect(own('attn_v')).toEqual(layer.queryKeyValue.slice(2 * square));
      expect(own('attn_output')).toEqual(layer.attentionOut);
      expect(own('attn_norm')).toEqual(layer.attentionNorm);
      expect(own('ffn_norm')).toEqual(layer.mlpNorm);
      expect(own('ffn_gate')).toEqual(layer.gateUp.slice(0, inner * width));
      expect(own('ffn_up')).toEqual(layer.gateUp.slice(inner * width));
      expect(own('ffn_down')).toEqual(layer.down);
      expect(tensor(`blk.${index}.ffn_down.weight`).shape).toEqual([inner, width]);
    });
  });

  it('spells every token as the tokenizer does', () => {
    const tokenizer = new Tokenizer(folder);
    const tokens = gguf.metadata['tokenizer.ggml.tokens'] as string[];
    const types = gguf.metadata['tokenizer.ggml.token_type'] as number[];
    expect(tokens.length).toBe(config.vocab);
    expect(types.length).toBe(config.vocab);
    expect(new Set(tokens).size).toBe(tokens.length);
    tokens.forEach((token, id) => {
      if (types[id] === 3) expect(tokenizer.specialId(token)).toBe(id);
      else expect(bytesOf(token)).toEqual([...tokenizer.bytesOf(id)]);
    });
    expect(types.filter((type) => type === 3).length).toBe(6);
  });

  it('has no merge that could join anything but names of special tokens', () => {
    const merges = gguf.metadata['tokenizer.ggml.merges'] as string[];
    expect(merges.every((merge) => merge.split(' ').every((side) => side.startsWith('<|')))).toBe(true);
  });
});

describe('rows for rotary embeddings of neighbours', () => {
  it('rotate to what halves rotate to', () => {
    const small = { ...config, heads: 2, headWidth: 8, width: 1 };
    const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(values, fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 4, maxLength: 4 }), (numbers, angles) => {
        const rows = Float32Array.from(numbers);
        const turn = (input: Float32Array, places: (pair: number) => [number, number]): Float32Array => {
          const out = input.slice();
          for (let head = 0; head < 16; head += 8) {
            angles.forEach((angle, pair) => {
              const [a, b] = places(pair).map((place) => head + place) as [number, number];
              out[a] = input[a]! * Math.cos(angle) - input[b]! * Math.sin(angle);
              out[b] = input[a]! * Math.sin(angle) + input[b]! * Math.cos(angle);
            });
          }
          return out;
        };
        const halves = interleaveHalves(turn(rows, (pair) => [pair, pair + 4]), small);
        const neighbours = turn(interleaveHalves(rows, small), (pair) => [2 * pair, 2 * pair + 1]);
        expect(neighbours).toEqual(halves);
      }),
    );
  });
});

describe('a GGUF file', () => {
  it('reads back whatever was written', () => {
    const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
    const tensors = fc.uniqueArray(fc.record({ name, values: fc.float32Array({ minLength: 1, maxLength: 9 }) }), { selector: (entry) => entry.name, maxLength: 4 });
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });
    fc.assert(
      fc.property(tensors, texts, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.boolean(), (list, strings, number, flag) => {
        const file = encodeGguf(
          {
            a: { type: 'strings', value: strings },
            b: { type: 'int32s', value: [number] },
            c: { type: 'bool', value: flag },
            d: { type: 'string', value: strings.join('') },
            e: { type: 'uint32', value: number >>> 0 },
            f: { type: 'float32', value: Math.fround(number) },
          },
          list.map((entry) => ({ ...entry, shape: [entry.values.length, 1] })),
        );
        const back = readGguf(file);
        expect(back.metadata).toEqual({ a: strings, b: [number], c: flag, d: strings.join(''), e: number >>> 0, f: Math.fround(number) });
        expect([...back.tensors].map(([key, { values }]) => [key, values])).toEqual(list.map((entry) => [entry.name, entry.values]));
      }),
    );
  });

  it('refuses a shape that its values do not fill', () => {
    expect(() => encodeGguf({}, [{ name: 'x', shape: [2, 2], values: new Float32Array(3) }])).toThrow(RangeError);
  });
});
