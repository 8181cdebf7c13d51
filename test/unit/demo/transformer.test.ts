import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainJob } from '../../../demo/jobs.ts';
import { Sequence } from '../../../demo/sequence.ts';
import { Transformer } from '../../../demo/transformer.ts';
import { engine, folder, golden, idSequences } from './support.ts';

const model = new Transformer(folder);
const fresh = (): Sequence => new Sequence(model.config, model.config.context);

describe('forward pass', () => {
  it.each(golden.prompts)('agrees with torch on $id', ({ prompt_ids, answer_ids, steps }) => {
    const { prompt } = engine(0).run({ ...plainJob([...prompt_ids, ...answer_ids]), promptTop: 5 });
    for (const [i, step] of steps.entries()) {
      const at = prompt_ids.length - 1 + i;
      expect(Math.abs(prompt!.logprobs[at]! - step.logprob)).toBeLessThan(1e-4);
      for (const [place, [id, , logprob]] of step.top5.entries()) {
        expect(prompt!.topIds[at * 5 + place]).toBe(id);
        expect(Math.abs(prompt!.topLogprobs[at * 5 + place]! - logprob)).toBeLessThan(1e-4);
      }
    }
  });

  it('gives the same numbers in one batch, in two and token by token', () => {
    fc.assert(
      fc.property(idSequences(24), fc.nat(23), (ids, cut) => {
        const whole = fresh();
        model.append(whole, ids);
        const halves = fresh();
        model.append(halves, ids.slice(0, cut));
        model.append(halves, ids.slice(cut));
        const single = fresh();
        for (const id of ids) model.append(single, [id]);
        for (const other of [halves, single]) expect(other.snapshot()).toEqual(whole.snapshot());
      }),
      { numRuns: 20 },
    );
  });

  it('fills the whole context across batches, and not more', () => {
    const sequence = fresh();
    model.append(sequence, Array.from({ length: 512 }, (_, i) => (i * 37) % model.config.vocab));
    expect(sequence.hidden.subarray(0, 512 * model.config.width).every(Number.isFinite)).toBe(true);
    expect(() => model.append(sequence, [5])).toThrow('The context is full');
  });

  it('looks back only', () => {
    const one = fresh();
    const other = fresh();
    model.append(one, [0, 3, 500, 600]);
    model.append(other, [0, 3, 500, 601]);
    const { width } = model.config;
    expect(one.hidden.subarray(0, 3 * width)).toEqual(other.hidden.subarray(0, 3 * width));
    expect(one.hidden.subarray(3 * width, 4 * width)).not.toEqual(other.hidden.subarray(3 * width, 4 * width));
  });
});
