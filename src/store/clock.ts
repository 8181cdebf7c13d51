import { type Keys, LIFE } from './keys.ts';

/** What the scripts that may end a job are told of the time, in the order of CLOCK in lua.ts. */
export function clock(keys: Keys, resultTtlSeconds: number, ms: number = Date.now()): (string | number)[] {
  const at = (time: number) => new Date(time).toISOString();
  return [
    at(ms),
    at(ms + resultTtlSeconds * 1_000),
    ms,
    resultTtlSeconds,
    LIFE.open,
    LIFE.open + resultTtlSeconds,
    keys.ended,
    keys.told,
    keys.undelivered,
    keys.open(''),
  ];
}
