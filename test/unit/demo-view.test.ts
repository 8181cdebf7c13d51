import { describe, expect, it } from 'vitest';
import { createPaint, heatMap, ranking } from '../../src/bin/demo-view.ts';
import { EXPLANATION_EXAMPLE } from '../../src/contract/example-explanation.ts';
import { type Result, resultSchema } from '../../src/contract/resource.ts';

/** A paragraph that was opened into two sentences, and one that was not. */
const units = [
  { text: 'One. Two.', level: 'paragraph', parent: null },
  { text: 'One. ', level: 'sentence', parent: 0 },
  { text: 'Two.', level: 'sentence', parent: 0 },
  { text: 'Three.', level: 'paragraph', parent: null },
].map((unit, index) => ({ ...EXPLANATION_EXAMPLE.result.units[0], ...unit, index }));
const [attribution] = EXPLANATION_EXAMPLE.result.attributions;
const result: Result = resultSchema.parse({ ...EXPLANATION_EXAMPLE.result, units, attributions: [{ ...attribution, scores: [5, 4, 1, 2] }] });

describe('what the demo shows of units at several levels', () => {
  it('is the input once, without the units that others were cut from', () => {
    expect(heatMap(result, createPaint(false)).split('\n').map((line) => line.trim().split(/\s{2,}/).at(-1))).toEqual(['One.', 'Two.', 'Three.']);
    expect(ranking(result)).toEqual([{ text: 'One.', score: 4 }, { text: 'Three.', score: 2 }, { text: 'Two.', score: 1 }]);
  });
});
