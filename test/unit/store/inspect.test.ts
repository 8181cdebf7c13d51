import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../../src/store/inspect.ts';

const info = (fields: Record<string, string>) => Object.entries(fields).map(([name, value]) => `${name}:${value}`).join('\r\n');
const SOUND = { redis_version: '7.0.15', role: 'master', maxmemory_policy: 'noeviction', aof_enabled: '1', cluster_enabled: '0' };

describe('what is wrong with a server', () => {
  it.each([['5.0.14'], ['6.0.16'], ['3.2']])('of release %s is its age', (redis_version) => {
    expect(faultsOf(info({ ...SOUND, redis_version }), 'queue', false)).toEqual([expect.stringContaining(redis_version)]);
    expect(faultsOf(info({ ...SOUND, redis_version }), 'cache', false)).toHaveLength(1);
  });

  it.each([['6.2.0'], ['7.0.15'], ['10.0.1']])('of release %s is not its age', (redis_version) => {
    expect(faultsOf(info({ ...SOUND, redis_version }), 'queue', false)).toEqual([]);
  });

  it('is not known where it does not say', () => {
    expect(faultsOf('', 'queue', false)).toEqual([]);
  });

  it('is all that is wrong', () => {
    expect(faultsOf(info({ redis_version: '5.0.0', role: 'slave', maxmemory_policy: 'volatile-lru', aof_enabled: '0', cluster_enabled: '1' }), 'queue', false)).toHaveLength(5);
  });
});
