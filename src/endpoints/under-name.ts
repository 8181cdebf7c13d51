import type { Watch } from '../service/meter.ts';

/** The watch, told of everything under one name: what callers bring may be called anything, and each name would be a series. */
export function underName(name: string, watch: Watch): Watch {
  return {
    sent: (request) => watch.sent({ ...request, endpoint: name }),
    waited: (_, seconds) => watch.waited(name, seconds),
    again: () => watch.again(name),
    paused: () => watch.paused(name),
  };
}
