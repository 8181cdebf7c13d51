import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { until } from '../integration/store-kit.ts';

export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** A server that takes webhooks and answers as the test says. */
export interface Receiver {
  url: string;
  received: Received[];
  /** The answer to the n-th message under a path; 204 when not said. */
  answer: (path: string, times: number) => number | ((reply: ServerResponse) => void);
  /** Resolves when so many have come under the path; gives them. */
  arrived(path: string, count: number): Promise<Received[]>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request: IncomingMessage, reply) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      received.push({ path, headers: request.headers as Record<string, string>, body: Buffer.concat(chunks).toString() });
      const answer = receiver.answer(path, received.filter((one) => one.path === path).length);
      if (typeof answer === 'function') answer(reply);
      else reply.writeHead(answer, answer >= 300 && answer < 400 ? { location: `${receiver.url}/elsewhere` } : {}).end('x'.repeat(answer === 200 ? 100_000 : 0));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: () => 204,
    async arrived(path, count) {
      const there = () => received.filter((one) => one.path === path);
      await until(() => there().length >= count);
      return there();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** What a message says, once its signature was found to be of this secret. */
export function verified(message: Received, secret: string): unknown {
  return new Webhook(secret).verify(message.body, message.headers);
}
