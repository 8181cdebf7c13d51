import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { plainJob } from '../../../demo/jobs.ts';
import { compareIds, contiguousRuns, ModelPool } from '../../../demo/pool.ts';
import { cost } from '../../../demo/threads.ts';
import { engine, idSequences } from './support.ts';

const open = new AbortController().signal;
const pool = new ModelPool({ threads: 2, cacheBytes: 2 ** 24 });
afterAll(() => pool.close());

describe('contiguous runs', () => {
  const jobLists = fc.array(idSequences(8), { minLength: 1, maxLength: 20 }).map((lists) => lists.map(plainJob));

  it('hold every job once, in the order of the ids', () => {
    fc.assert(fc.property(jobLists, fc.integer({ min: 1, max: 4 }), (jobs, parts) => {
      const runs = contiguousRuns(jobs, parts);
      expect(runs.length).toBeLessThanOrEqual(parts);
      expect(runs.every((run) => run.length > 0)).toBe(true);
      const order = runs.flat();
      expect(order.toSorted((a, b) => a - b)).toEqual(jobs.map((_, i) => i));
      for (let i = 1; i < order.length; i++) {
        expect(compareIds(jobs[order[i - 1]!]!.ids, jobs[order[i]!]!.ids)).toBeLessThanOrEqual(0);
      }
    }));
  });

  it('share the work out evenly, to one job', () => {
    fc.assert(fc.property(jobLists, fc.integer({ min: 1, max: 4 }), (jobs, parts) => {
      const work = (run: number[]): number => run.reduce((sum, at) => sum + cost(jobs[at]!), 0);
      const most = Math.max(...jobs.map(cost));
      const total = jobs.reduce((sum, job) => sum + cost(job), 0);
      for (const run of contiguousRuns(jobs, parts)) expect(work(run)).toBeLessThanOrEqual(total / parts + most);
    }));
  });

  it('put a prompt before its continuations', () => {
    expect(compareIds(Int32Array.of(1, 2), Int32Array.of(1, 2, 0))).toBeLessThan(0);
    expect(compareIds(Int32Array.of(2), Int32Array.of(1, 9))).toBeGreaterThan(0);
    expect(compareIds(Int32Array.of(2), Int32Array.of(2))).toBe(0);
  });
});

describe('pool', () => {
  it('gives the results of one engine, in the order of the jobs', async () => {
    const jobs = Array.from({ length: 9 }, (_, i) => {
      return { ...plainJob([0, 3, 400 + ((i * 5) % 9), 500 + i]), promptTop: 1, maxTokens: 2 };
    });
    const results = await pool.run(jobs, open);
    const alone = engine(0);
    for (const [i, job] of jobs.entries()) {
      expect({ ...results[i], cached: 0 }).toEqual(alone.run(job));
    }
  });

  it('sends a prompt that it knows to the thread that knows it', async () => {
    const job = plainJob([0, 3, 1000, 1001, 1002, 1003]);
    await pool.run([job, plainJob([2, 2, 2])], open);
    for (let i = 0; i < 4; i++) {
      const [again] = await pool.run([job], open);
      expect(again!.cached).toBe(6);
      await pool.run([plainJob([2, 2, 2, 300 + i])], open);
    }
  });

  it('tells what went wrong, and goes on', async () => {
    await expect(pool.run([plainJob([])], open)).rejects.toThrow('The prompt is empty');
    await expect(pool.run([plainJob([0])], open)).resolves.toHaveLength(1);
    await expect(pool.run([], open)).resolves.toEqual([]);
  });

  it('drops what is still waiting when the caller goes', async () => {
    const caller = new AbortController();
    const many = Array.from({ length: 40 }, (_, i) => ({ ...plainJob([0, 300 + i]), maxTokens: 100, ignoreEnd: true }));
    const running = pool.run(many, caller.signal);
    caller.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
    await expect(pool.run([plainJob([0])], caller.signal)).rejects.toThrow('gone');
    await expect(pool.run([plainJob([0, 5])], open)).resolves.toHaveLength(1);
  });

  it('fails what was waiting when it is closed, and takes nothing more', async () => {
    const own = new ModelPool({ threads: 1 });
    const jobs = Array.from({ length: 6 }, (_, i) => ({ ...plainJob([0, 300 + i]), maxTokens: 400, ignoreEnd: true }));
    const running = own.run(jobs, open).catch((error: unknown) => error);
    await own.close();
    expect(await running).toMatchObject({ name: 'ShutDown', statusCode: 503 });
    await expect(own.run([plainJob([0])], open)).rejects.toThrow('shut down');
  });
});
