import { connect, type Socket } from 'node:net';

/*
 * One connection of a load generator that is to take as little of the machine as it can: the request is made once, replies
 * are read into one buffer, and of each no more is looked at than its status and its length.
 */

const HEAD_END = '\r\n\r\n';
const BUFFER_BYTES = 65_536;
const STATUS_AT = 'HTTP/1.1 '.length;

/** A request, byte for byte. @param url of plain HTTP */
export function requestBytes({ url, method, body, headers }: { url: string; method: string; body: string | null; headers: Record<string, string> }): Buffer {
  const { host, pathname } = new URL(url);
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, connection: 'keep-alive', ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}

export class Lane {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #done: ((status: number) => void) | null = null;
  /** Bytes of the reply that are still to come; null while its head is. */
  #left: number | null = null;
  #status = 0;
  #head = '';

  constructor(url: string, request: Buffer) {
    const { hostname, port } = new URL(url);
    this.#request = request;
    const buffer = Buffer.alloc(BUFFER_BYTES);
    const callback = (bytes: number): boolean => {
      this.#read(buffer.subarray(0, bytes));
      return true;
    };
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } });
    this.#socket.on('error', () => this.#finish(0)).on('close', () => this.#finish(0));
  }

  /** @param done is told the status once all of the reply is here, 0 when the connection is lost. One request at a time. */
  send(done: (status: number) => void): void {
    this.#done = done;
    if (this.#socket.destroyed) this.#finish(0);
    else this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    let length = bytes.length;
    if (this.#left === null) {
      const before = this.#head.length;
      // a character a byte, so that places in it are places in the bytes; the body is hardly ever needed
      this.#head += bytes.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return;
      const head = this.#head.slice(0, end);
      this.#status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
      this.#left = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? NaN);
      length = before + bytes.length - end - HEAD_END.length;
      this.#head = '';
    }
    this.#left -= length;
    if (this.#left > 0) return;
    // more than the reply, or a reply of unknown length, is none that was asked for
    this.#finish(this.#left === 0 ? this.#status : 0);
  }

  #finish(status: number): void {
    const done = this.#done;
    this.#done = null;
    this.#left = null;
    done?.(status);
  }
}
