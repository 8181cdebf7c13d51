import { isUnavailable } from './unavailable.ts';

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Makes one command of many: what is asked for in one turn of the event loop, or while others are under way, is worked on
 * together. With a command for each, handling commands is most of what a busy API does for a request; where nothing else
 * is asked for, nothing waits.
 * @param work gives a result for each, in their order; what it was given may be given to it again when it throws
 * @param most so many at a time: Redis does nothing else meanwhile
 */
export function together<Item, Result>(work: (items: readonly Item[]) => Promise<readonly Result[]>, most: number): (item: Item) => Promise<Result> {
  type Batch = readonly Waiting<Item, Result>[];
  const waiting: Waiting<Item, Result>[] = [];
  let busy = false;

  const answer = async (batch: Batch): Promise<void> => {
    const results = await work(batch.map(({ item }) => item));
    batch.forEach(({ resolve }, at) => resolve(results[at] as Result));
  };
  const refuse = (batch: Batch, error: unknown): void => {
    for (const { reject } of batch) reject(error);
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        await answer(batch);
      } catch (error) {
        // those who came meanwhile have waited for the same server, and must not wait for it once more
        if (isUnavailable(error)) refuse([...batch, ...waiting.splice(0)], error);
        else if (batch.length === 1) refuse(batch, error);
        // what is wrong with one must not be told to those who asked for another
        else await Promise.all(batch.map((one) => answer([one]).catch((its: unknown) => refuse([one], its))));
      }
    }
    busy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy) return;
      busy = true;
      setImmediate(() => void run());
    });
}
