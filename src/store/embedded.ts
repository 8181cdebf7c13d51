import { setTimeout as sleep } from 'node:timers/promises';
import { acquire, type EmbeddedLog, type Hold, type Search } from './embedded-acquire.ts';
import { layOut, removeSocket } from './embedded-layout.ts';
import { end } from './embedded-processes.ts';
import { END_MS } from './embedded-server.ts';

/** A server that lived this long was well: its loss is no crash loop. */
const WELL_MS = 10_000;
const MAX_DELAY_MS = 5_000;

export interface EmbeddedOptions {
  /** The server keeps its data in the folder `redis` in here. */
  dataDir: string;
  /** Where to look for the server program, as in PATH; the usual folders are looked through after it. */
  searchPath?: string;
  log?: EmbeddedLog;
}

export interface EmbeddedRedis {
  /** Its Unix socket, for ioredis' `path`. Stays the same for as long as this lives. */
  path: string;
  /** Ends the server when this process keeps it, leaves it alone when another does. May be called again. */
  close(): Promise<void>;
}

/**
 * A Redis of one's own, without any set-up: one server per data folder, shared by all processes that use the folder. The
 * first one keeps it: starts it (or takes over one whose keeper was killed), starts it again when it dies, and ends it
 * at `close` or with its own death. The others use it, and the first to notice that it is gone keeps it from then on.
 * Resolves when the server has loaded its data.
 * @throws Error when there is no server program, it does not start, or the server of a living keeper does not answer
 */
export async function startEmbeddedRedis(options: EmbeddedOptions): Promise<EmbeddedRedis> {
  const closing = new AbortController();
  const search: Search = {
    layout: await layOut(options.dataDir),
    searchPath: options.searchPath ?? '',
    log: options.log ?? { info: () => undefined, warn: () => undefined },
    signal: closing.signal,
  };
  const keeping = keep(await acquire(search), search);
  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort();
    const hold = await keeping;
    if (hold !== null) await letGo(hold, search);
  };
  return { path: search.layout.socket, close: () => (closed ??= close()) };
}

/** Gets hold of a server whenever the one at hand is gone. Resolves after the abort, with the one then at hand. Never throws. */
async function keep(first: Hold, search: Search): Promise<Hold | null> {
  const { log, signal } = search;
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  let hold: Hold | null = first;
  let since = Date.now();
  let failures = 0;
  for (;;) {
    if (hold !== null) await Promise.race([hold.contact.gone, aborted]);
    if (signal.aborted) return hold;
    try {
      if (hold !== null) {
        log.warn('the embedded Redis is gone; getting it back');
        if (Date.now() - since > WELL_MS) failures = 0;
        const lost: Hold = hold;
        hold = null;
        await giveUp(lost);
      }
      await sleep(failures === 0 ? 0 : Math.min(MAX_DELAY_MS, 50 * 2 ** failures), undefined, { signal });
      failures += 1;
      hold = await acquire(search);
      since = Date.now();
    } catch (error) {
      if (!signal.aborted) log.warn(error instanceof Error ? error.message : String(error));
    }
  }
}

/** After the server's own end. */
async function giveUp({ owned }: Hold): Promise<void> {
  owned?.callOff();
  await owned?.release();
}

async function letGo(hold: Hold, { layout }: Search): Promise<void> {
  hold.contact.drop();
  if (hold.owned === null) return;
  await end(hold.contact.pid, END_MS);
  await removeSocket(layout);
  // Ownership goes last: until then nobody else starts a server.
  await giveUp(hold);
}
