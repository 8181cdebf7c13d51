import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { every } from '../../../src/store/every.ts';

const until = async (so: () => boolean) => {
  while (!so()) await sleep(1);
};

const unheard = (error: unknown) => expect.unreachable(String(error));

describe('every', () => {
  it('runs at once, again and again, and never after it was stopped', async () => {
    let runs = 0;
    const repeating = every(1, async () => void (runs += 1), unheard);
    expect(runs).toBe(1);
    await until(() => runs > 3);
    await repeating.stop();
    const then = runs;
    await sleep(20);
    expect(runs).toBe(then);
  });

  it('never runs twice at a time, and stops when the run is over', async () => {
    let inside = 0;
    let most = 0;
    let ended = 0;
    const repeating = every(
      1,
      async () => {
        most = Math.max(most, (inside += 1));
        await sleep(10);
        inside -= 1;
        ended += 1;
      },
      unheard,
    );
    await until(() => ended > 2);
    await repeating.stop();
    expect(inside).toBe(0);
    expect(most).toBe(1);
  });

  it('goes on after a failure', async () => {
    const heard: unknown[] = [];
    const repeating = every(1, () => Promise.reject(new Error('no')), (error) => heard.push(error));
    await until(() => heard.length > 2);
    await repeating.stop();
    expect(heard[0]).toMatchObject({ message: 'no' });
  });

  it('hears of a task that fails before it is asynchronous', async () => {
    const heard: unknown[] = [];
    const repeating = every(
      1_000,
      () => {
        throw new Error('early');
      },
      (error) => heard.push(error),
    );
    await repeating.stop();
    expect(heard).toHaveLength(1);
  });
});
