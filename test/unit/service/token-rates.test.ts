import { describe, expect, it } from 'vitest';
import { callTokens, tokensOf } from '../../../src/service/token-rates.ts';

const rates = { ascii: 0.25, other: 1 };

describe('tokens of texts, about', () => {
  it('are told by characters, a character of two units once', () => {
    expect(tokensOf('abcdefgh', rates)).toBe(2);
    expect(tokensOf('abcd世界🙂', rates)).toBe(4);
    expect(tokensOf('', rates)).toBe(0);
    expect(tokensOf('世界', { ascii: 0.25, other: 0.5 })).toBe(1);
  });

  it('of a call are those that a model reads, with a little for every message and part', () => {
    const message = (content: unknown) => ({ model: 'a-long-name-that-nobody-reads', temperature: 0, user: 'x'.repeat(400), messages: [{ role: 'user', content }] });
    // the message, its role and its text
    expect(callTokens(message('abcdefgh'), rates)).toBe(4 + 1 + 2);
    expect(callTokens({ prompt: 'abcdefgh' }, rates)).toBe(2);
    expect(callTokens({ instructions: 'abcd', input: 'abcd' }, rates)).toBe(2);
    // a picture is no text of a million characters
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(1_000_000)}` } };
    expect(callTokens(message([picture]), rates)).toBeLessThan(1_100);
  });
});
