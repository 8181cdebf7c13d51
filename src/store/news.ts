import type { Redis } from 'ioredis';
import { duplicate } from './topology.ts';

/** One subscription per process to a channel of explanation ids. */
export interface News {
  /** Whether news would arrive: between a loss of the connection and its return they do not. */
  readonly live: boolean;
  /** Calls `wake` when there is news of the explanation, and when the subscription comes up or is lost. Returns what ends it. */
  listen(id: string, wake: () => void): () => void;
  close(): void;
}

/** @param redis is duplicated at the first listener; the copy waits for a Redis that is away */
export function createNews(redis: Redis, channel: string): News {
  const listeners = new Map<string, Set<() => void>>();
  let subscriber: Redis | undefined;
  let live = false;
  let closed = false;

  const turn = (now: boolean) => {
    if (live === now) return;
    live = now;
    for (const wakes of listeners.values()) for (const wake of wakes) wake();
  };
  const open = (): Redis => {
    const patient = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined };
    const copy = duplicate(redis, { ...patient, autoResubscribe: false });
    copy.on('error', () => {});
    copy.on('message', (_channel, id) => {
      for (const wake of listeners.get(id) ?? []) wake();
    });
    copy.on('ready', () => {
      copy.subscribe(channel).then(
        () => turn(copy.status === 'ready'),
        () => turn(false),
      );
    });
    copy.on('close', () => turn(false));
    return copy;
  };

  return {
    get live() {
      return live;
    },
    listen(id, wake) {
      if (!closed) subscriber ??= open();
      const wakes = listeners.get(id) ?? new Set();
      wakes.add(wake);
      listeners.set(id, wakes);
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0 && listeners.get(id) === wakes) listeners.delete(id);
      };
    },
    close() {
      closed = true;
      subscriber?.disconnect();
    },
  };
}
