import { connect, type Socket } from 'node:net';

/** A server that does not answer within this time counts as away. */
const ANSWER_MS = 2_000;

/** A live server behind a socket. */
export interface Contact {
  pid: number;
  version: string;
  /** Resolves when the server is gone: the connection, held open for just that, has closed. */
  gone: Promise<void>;
  /** Lets go of the server without touching it. */
  drop(): void;
}

/**
 * Asks who is behind a Unix socket. 'away': nobody answers; 'loading': a server that still reads its data. Speaks the
 * protocol's inline form, since an ioredis connection would try again by itself and hide what is asked for here.
 */
export async function probe(path: string): Promise<Contact | 'loading' | 'away'> {
  const socket = connect({ path });
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  // Every failure is followed by 'close', which is what is waited for.
  socket.on('error', () => undefined);
  const answer = await ask(socket, gone);
  const pid = Number(field(answer, 'process_id') ?? 'none');
  if (!answer.startsWith('+PONG') || !Number.isInteger(pid)) {
    socket.destroy();
    return answer.startsWith('-LOADING') ? 'loading' : 'away';
  }
  socket.unref();
  const version = field(answer, 'valkey_version') ?? field(answer, 'redis_version') ?? 'unknown';
  return { pid, version, gone, drop: () => void socket.destroy() };
}

/** The reply to PING (INFO alone would not do: it is answered while loading, too), then INFO's; '' when they did not come. */
async function ask(socket: Socket, gone: Promise<void>): Promise<string> {
  let text = '';
  const ended = new Promise<void>((resolve) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (isWhole(text)) resolve();
    });
    socket.setTimeout(ANSWER_MS, resolve);
  });
  socket.write('PING\r\nINFO server\r\n');
  await Promise.race([ended, gone]);
  socket.setTimeout(0);
  return isWhole(text) ? text : '';
}

/** PING's reply is one line; INFO's is a bulk string (`$length`, then so many bytes and a line end) or one line of error. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n');
  if (end < 0) return false;
  const info = text.slice(end + 2);
  const head = /^\$(\d+)\r\n/.exec(info);
  if (head === null) return info.startsWith('-') && info.endsWith('\r\n');
  return Buffer.byteLength(info) >= head[0].length + Number(head[1]) + 2;
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)\\r$`, 'm').exec(info)?.[1];
}
