import { describe, expect, it } from 'vitest';
import { knownTokens, sideOf, tokensFor } from '../../../../src/core/openings/labels.ts';
import { spelling, tokenSpelling } from '../../../../src/core/openings/spelling.ts';

const top = (...tokens: string[]) => tokens.map((token, index) => ({ token, logprob: -1 - index }));
const bytes = (text: string) => Buffer.from(text).toString('latin1');

describe('spellings', () => {
  it('are bytes without the whitespace around', () => {
    expect(spelling(' Yes\n')).toBe('Yes');
    expect(spelling('東')).toBe(bytes('東'));
    expect(spelling('<0xE6><0x9D><0xB1>')).toBe(bytes('東'));
    expect(spelling('a<0xe6>b')).toBe('a\u00e6b');
  });

  it('are those of a token only where its bytes are known and it is more than whitespace', () => {
    expect([' Par', ' ', '\n\n', '', '\uFFFD', 'a\uFFFD'].map(tokenSpelling)).toEqual(['Par', null, null, null, null, null]);
  });
});

describe('the first token of a label', () => {
  it('is the longest that the label begins with', () => {
    expect([...knownTokens(sideOf(['Paris'], top('P', ' Par', 'Parma', 'x')))]).toEqual(['Par']);
    expect([...knownTokens(sideOf(['Paris', 'yes'], top('Yes', 'Paris', 'P')))]).toEqual(['Paris']);
  });

  it('may end inside a character', () => {
    expect([...knownTokens(sideOf(['東京'], top('<0xE6><0x9D>', '<0xE6>', '京')))]).toEqual([bytes('東').slice(0, 2)]);
  });

  it('is no token that goes on beyond the label', () => {
    expect([...knownTokens(sideOf(['No'], top('None', 'Nothing')))]).toEqual([]);
  });

  it('tells labels apart of which one begins with the other', () => {
    const opening = top('No', 'None', 'N');
    expect([...knownTokens(sideOf(['No'], opening))]).toEqual(['No']);
    expect([...knownTokens(sideOf(['None'], opening))]).toEqual(['None']);
  });
});

describe('tokens of a side', () => {
  it('stay those of the unperturbed call, whatever else is shown', () => {
    const side = sideOf(['Paris'], top('Paris', 'P'));
    expect([...tokensFor(side, null, top('P', 'Par'))]).toEqual(['Paris']);
  });

  it('are the longest seen for a label that the unperturbed call does not show', () => {
    const side = sideOf(['Paris'], top('Rome'));
    expect([...tokensFor(side, null, top('P', 'Par', 'Rome'))]).toEqual(['Par']);
    expect([...tokensFor(side, null, top('Rome'))]).toEqual([]);
  });

  it('are never those of the other side', () => {
    const parma = sideOf(['Parma'], top('Par'));
    const paris = sideOf(['Paris'], top('Rome'));
    expect([...tokensFor(paris, parma, top('Par', 'Rome'))]).toEqual([]);
    expect([...tokensFor(parma, paris, top('Par', 'Rome'))]).toEqual(['Par']);
    const both = [sideOf(['Paris'], []), sideOf(['Parma'], [])] as const;
    expect([...tokensFor(both[0], both[1], top('Par'))]).toEqual([]);
  });
});
