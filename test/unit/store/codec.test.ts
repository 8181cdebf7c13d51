import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOutcome, encodeOutcome } from '../../../src/store/codec.ts';

describe('outcomes as bytes', () => {
  it('keep every double', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        const outcome = { kind: 'weighed', logprobs: Float64Array.from(values) } as const;
        expect(decodeOutcome(encodeOutcome(outcome))).toStrictEqual(outcome);
      }),
    );
  });

  it('keep how far an answer was followed', () => {
    const outcome = { kind: 'weighed', logprobs: Float64Array.of(-1.5, -3), aligned: { divergence: 1, known: 2 } } as const;
    expect(decodeOutcome(encodeOutcome(outcome))).toStrictEqual(outcome);
    expect(decodeOutcome(encodeOutcome(outcome).subarray(0, 8))).toBeNull();
  });

  it('are eight bytes a token and one', () => {
    expect(encodeOutcome({ kind: 'weighed', logprobs: new Float64Array(30) })).toHaveLength(241);
  });

  it('are read where they lie in a larger buffer', () => {
    const whole = Buffer.concat([Buffer.from('xyz'), encodeOutcome({ kind: 'weighed', logprobs: Float64Array.of(-1.5, NaN) })]);
    expect(decodeOutcome(whole.subarray(3))).toStrictEqual({ kind: 'weighed', logprobs: Float64Array.of(-1.5, NaN) });
  });

  it('keep no field that an outcome does not have', () => {
    const completion = { text: 'a', toolCalls: [], finishReason: 'stop' };
    const bytes = encodeOutcome({ kind: 'generated', completion: Object.assign({ raw: 'large' }, completion) });
    expect(decodeOutcome(bytes)).toStrictEqual({ kind: 'generated', completion });
  });

  it('keep openings as they are', () => {
    const entry = fc.record({ token: fc.string({ unit: 'grapheme' }), logprob: fc.double({ max: 0, noNaN: true, noDefaultInfinity: true }) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (top) => {
        const read = decodeOutcome(encodeOutcome({ kind: 'opened', top }));
        expect(read).toEqual({ kind: 'opened', top: top.map(({ token, logprob }) => ({ token, logprob: logprob + 0 })) });
      }),
    );
  });

  it.each(['[]', '{}', '[["a"]]', '[["a","b"]]', '[[1,-1]]', 'x', '[null]'])('are no opening when they hold %s', (json) => {
    expect(decodeOutcome(Buffer.concat([Buffer.of(3), Buffer.from(json)]))).toBeNull();
  });

  it('of any other kind are not read, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const outcome = decodeOutcome(Buffer.from(bytes));
        if (outcome?.kind === 'weighed') expect(encodeOutcome(outcome)).toHaveLength(bytes.length);
        else expect(outcome).toBeNull();
      }),
    );
  });
});
