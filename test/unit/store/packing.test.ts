import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packText, unpackText } from '../../../src/store/packing.ts';

describe('texts as stored', () => {
  it('come back whole, short and long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.nat(3_000), async (json, more) => {
        const text = JSON.stringify([json, 'ü'.repeat(more)]);
        expect(await unpackText(await packText(text))).toBe(text);
      }),
    );
  });

  it('are left alone below 4 kB and compressed from there on', async () => {
    expect((await packText('a'.repeat(4_095))).length).toBe(4_095);
    expect((await packText('a'.repeat(4_096))).length).toBeLessThan(100);
    // bytes count, not characters
    expect((await packText('ü'.repeat(2_048))).length).toBeLessThan(100);
  });

  it('that are missing are null, and damaged ones an error', async () => {
    expect(await unpackText(null)).toBeNull();
    await expect(unpackText(gzipSync('x'.repeat(5_000)).subarray(0, 20))).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });
});
