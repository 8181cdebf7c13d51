import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findModelFolder, fingerprint, readConfig, readModelJson } from '../../../demo/model-files.ts';
import { halfToFloat, loadWeights, openSafetensors } from '../../../demo/weights.ts';
import { folder } from './support.ts';

const scratch = mkdtempSync(join(tmpdir(), 'demo-model-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('half precision', () => {
  it('reads every bit pattern', () => {
    const wrong: number[] = [];
    for (let half = 0; half < 0x10000; half++) {
      const sign = half >> 15 ? -1 : 1;
      const exponent = (half >> 10) & 31;
      const fraction = (half & 1023) / 1024;
      const finite = exponent === 0 ? 2 ** -14 * fraction : 2 ** (exponent - 15) * (1 + fraction);
      const value = exponent < 31 ? finite : fraction === 0 ? Infinity : Number.NaN;
      if (!Object.is(halfToFloat(half), sign * value)) wrong.push(half);
    }
    expect(wrong).toEqual([]);
  });
});

describe('safetensors', () => {
  it('reads a tensor whose data starts at any byte, and refuses what is not as expected', () => {
    for (const pad of ['', ' ', '  ']) {
      const header = JSON.stringify({
        a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      }) + pad;
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      const file = join(scratch, 'x.safetensors');
      writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.from([0x00, 0x3c, 0x00, 0xc1, 0, 0, 0, 0])]));
      const read = openSafetensors(file);
      expect(Array.from(read('a', 2))).toEqual([1, -2.5]);
      expect(() => read('a', 3)).toThrow('does not hold 3 values');
      expect(() => read('b', 1)).toThrow('not F16');
      expect(() => read('c', 1)).toThrow('no tensor c');
    }
  });
});

describe('the model’s files', () => {
  it('are found from the sources, from a build and not from elsewhere', () => {
    const root = join(folder, '..', '..');
    expect(findModelFolder(join(root, 'demo'))).toBe(folder);
    expect(findModelFolder(join(root, 'dist', 'demo'))).toBe(folder);
    expect(() => findModelFolder(scratch)).toThrow('No folder with model.safetensors');
  });

  it('have the parameters that the card tells', () => {
    const config = readConfig(folder);
    const { embedding, layers, finalNorm } = loadWeights(folder, config);
    const tensors = layers.flatMap((layer) => Object.values(layer) as Float32Array[]);
    const layered = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
    expect(config.vocab * config.width + layered + finalNorm.length).toBe(958_976);
    expect(embedding.subarray(config.vocab * config.width).every((value) => value === 0)).toBe(true);
    expect(fingerprint(folder)).toMatch(/^[0-9a-f]{12}$/);
  });

  it('are refused when they ask for another network', () => {
    const config = readModelJson(folder, 'config.json') as Record<string, unknown>;
    const refused = (changes: Record<string, unknown>): (() => unknown) => {
      writeFileSync(join(scratch, 'config.json'), JSON.stringify({ ...config, ...changes }));
      return () => readConfig(scratch);
    };
    expect(refused({ vocab_size: undefined })).toThrow('vocab_size is not a number');
    expect(refused({ hidden_act: 'gelu' })).toThrow('variant of LLaMA');
    expect(refused({ num_key_value_heads: 2 })).toThrow('variant of LLaMA');
    expect(refused({ intermediate_size: 258 })).toThrow('blocks');
    expect(refused({})).not.toThrow();
  });
});
