import type { Watch } from '../service/meter.ts';

/** Tells several. */
export function watches(all: readonly Watch[]): Watch {
  return {
    sent(request) {
      const ends = all.map((watch) => watch.sent(request));
      return (reply) => {
        for (const end of ends) end(reply);
      };
    },
    waited: (endpoint, seconds) => {
      for (const watch of all) watch.waited(endpoint, seconds);
    },
    again: (endpoint) => {
      for (const watch of all) watch.again(endpoint);
    },
    paused: (endpoint) => {
      for (const watch of all) watch.paused(endpoint);
    },
  };
}
