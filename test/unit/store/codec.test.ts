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
