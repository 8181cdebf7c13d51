import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden, tokenizer } from './support.ts';

const pieces = fc.constantFrom(' ', '\n', '\r\n', '\t', 'é', '日', '🙂', '\ud83d', '<|end|>', 'The', ' is');
const anyText = fc.string({ unit: fc.oneof(pieces, fc.string({ unit: 'binary' })) });

describe('tokenizer', () => {
  it.each(golden.tokenizer_cases)('cuts $text as the training did', ({ text, ids }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  it.each(golden.prompts)('reads the special tokens of prompt $id', ({ prompt, prompt_ids }) => {
    expect([0, ...tokenizer.encodePrompt(prompt)]).toEqual(prompt_ids);
  });

  it('loses nothing but lone surrogates', () => {
    fc.assert(fc.property(anyText, (text) => {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
      expect(tokenizer.decode(tokenizer.encodePrompt(text))).toBe(text.toWellFormed());
    }));
  });

  it('takes the name of a special token in plain text for text', () => {
    expect(tokenizer.encodePrompt('a<|end|>')).toEqual([...tokenizer.encode('a'), tokenizer.specialId('<|end|>')]);
    expect(tokenizer.encode('a<|end|>')).not.toContain(tokenizer.specialId('<|end|>'));
    expect(() => tokenizer.specialId('<|tool|>')).toThrow('not a special token');
  });

  it('places every token at the character it starts in', () => {
    fc.assert(fc.property(anyText, (text) => {
      const ids = tokenizer.encode(text);
      const points = Array.from(text.toWellFormed());
      const offsets = tokenizer.offsets(ids);
      let bytes = 0;
      const starts = ids.map((id) => (bytes += tokenizer.bytesOf(id).length) - tokenizer.bytesOf(id).length);
      for (const [i, offset] of offsets.entries()) {
        const before = new TextEncoder().encode(points.slice(0, offset).join('')).length;
        const through = new TextEncoder().encode(points.slice(0, offset + 1).join('')).length;
        expect(before).toBeLessThanOrEqual(starts[i]!);
        expect(through).toBeGreaterThan(starts[i]!);
      }
    }));
  });

  it('shows a byte that is no character as OpenAI does, and keeps a byte order mark', () => {
    const [first] = tokenizer.encode('é');
    expect(tokenizer.textOf(first!)).toBe(String.raw`bytes:\xc3`);
    expect(tokenizer.textOf(tokenizer.encode('x')[0]!)).toBe('x');
    expect(tokenizer.decode(tokenizer.encode('\ufeffa'))).toBe('\ufeffa');
    expect(tokenizer.decode([first!])).toBe('\ufffd');
    expect(() => tokenizer.bytesOf(tokenizer.vocab)).toThrow(RangeError);
  });
});
