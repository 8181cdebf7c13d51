import { setTimeout as sleep } from 'node:timers/promises';
import { findRedisBinary } from './embedded-binary.ts';
import { type Layout, makeSocketFolder, removeSocket } from './embedded-layout.ts';
import { claim } from './embedded-owner.ts';
import { type Contact, probe } from './embedded-probe.ts';
import { launch, type Server } from './embedded-server.ts';
import { clearStray } from './embedded-stray.ts';
import { watch } from './embedded-watchdog.ts';

/** How long to wait for a server that another living process keeps. */
const ATTACH_MS = 30_000;
const POLL_MS = 100;

export interface EmbeddedLog {
  info(message: string): void;
  warn(message: string): void;
}

/** What getting hold of a server needs to know. */
export interface Search {
  layout: Layout;
  searchPath: string;
  log: EmbeddedLog;
  signal: AbortSignal;
}

/** A server at hand; `owned` when it is this one's to keep and to end. */
export interface Hold {
  contact: Contact;
  owned: { release: () => Promise<void>; callOff: () => void } | null;
}

/**
 * Gets hold of the data folder's server: as its keeper when there is no living one, else as a guest.
 * @throws Error when it cannot be started or a living keeper's does not answer; AbortError
 */
export async function acquire(search: Search): Promise<Hold> {
  const { layout, log, signal } = search;
  for (const deadline = Date.now() + ATTACH_MS; ; await sleep(POLL_MS, undefined, { signal })) {
    const release = await claim(layout.ownerFile);
    if (release !== null) return keeperOf(search, release);
    const found = await probe(layout.socket);
    if (typeof found === 'object') {
      log.info(`using the embedded Redis that another process keeps (process ${found.pid}, ${layout.socket})`);
      return { contact: found, owned: null };
    }
    if (found === 'away' && Date.now() > deadline) {
      throw new Error(`another process keeps the embedded Redis of ${layout.dir} (see ${layout.ownerFile}), but it does not answer`);
    }
  }
}

async function keeperOf(search: Search, release: () => Promise<void>): Promise<Hold> {
  try {
    const { contact, callOff } = (await takeOver(search)) ?? (await startAnew(search));
    return { contact, owned: { release, callOff } };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The server whose keeper died before it could end it; null when there is none. */
async function takeOver({ layout, log, signal }: Search): Promise<Server | null> {
  for (;;) {
    const found = await probe(layout.socket);
    if (found === 'away') return null;
    if (found !== 'loading') {
      log.info(`took over the embedded Redis ${found.version} (process ${found.pid}, ${layout.socket})`);
      return { contact: found, callOff: watch(found.pid) };
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function startAnew({ layout, searchPath, log, signal }: Search): Promise<Server> {
  await clearStray(layout);
  // The last keeper took it away with the socket.
  await makeSocketFolder(layout);
  try {
    const binary = await findRedisBinary(searchPath);
    const server = await launch(binary, layout, () => log.info('the embedded Redis is loading its data'), signal);
    log.info(`started the embedded Redis ${server.contact.version} (process ${server.contact.pid}, ${layout.socket})`);
    return server;
  } catch (error) {
    // No server came of it, and whoever closes while one starts has none to end: nobody else would clear this up.
    await removeSocket(layout);
    throw error;
  }
}
