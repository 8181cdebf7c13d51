import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type Permits, PUBLIC_ONLY } from '../../src/egress/network.ts';
import { createSender } from '../../src/egress/sender.ts';
import { type Certificate, makeCertificate } from '../helpers/certificate.ts';
import { startDns } from '../helpers/dns.ts';

/*
 * What may be reached by a URL that a caller gave. All servers are on loopback; addresses of other networks stand in DNS
 * answers only, and nothing is ever sent to them.
 */

const NAME = 'model.example.test';
const PROTOCOLS = ['http', 'https'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** Eleven ways to write loopback: names, addresses, numbers in other bases, short forms, and IPv4 inside IPv6. */
const FORMS = ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '0x7f000001', '017700000001', '127.1', '127.0.0.2', '[::ffff:127.0.0.1]', '[0:0:0:0:0:ffff:7f00:1]'];

let certificate: Certificate;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  certificate = await makeCertificate(`DNS:${NAME},IP:127.0.0.1`);
  setDefaultCACertificates([...getCACertificates(), certificate.cert]);
});
afterAll(() => certificate.remove());
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Listening {
  port: number;
  /** TCP connections that were made to it, whatever came of them. */
  connections(): number;
}

async function serve(protocol: Protocol, listener: RequestListener = (_, response) => void response.end('{}'), host = '::'): Promise<Listening> {
  const server: Server = protocol === 'http' ? createHttp(listener) : createHttps({ key: certificate.key, cert: certificate.cert }, listener);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

function network(permits: Permits, resolve?: Parameters<typeof createNetwork>[0]['resolve']) {
  const opened = createNetwork({ connections: 4, permits, headers: null, maxReplyBytes: 1_000_000, ...(resolve ? { resolve } : {}) });
  closers.push(() => opened.close());
  return opened;
}

async function dns(addressesOf: (question: number) => readonly string[]) {
  const server = await startDns(addressesOf);
  closers.push(() => server.close());
  return server;
}

const forbidden = { cause: { code: 'EFORBIDDENADDRESS' } };

describe.each(PROTOCOLS)('over %s', (protocol) => {
  it.each(FORMS)('%s is refused where only the internet is open, before a connection is made', async (host) => {
    const server = await serve(protocol);
    await expect(network(PUBLIC_ONLY).fetch(`${protocol}://${host}:${server.port}/v1`)).rejects.toMatchObject(forbidden);
    expect(server.connections()).toBe(0);
    // the same URL does lead there: what was refused is real
    await network(null)
      .fetch(`${protocol}://${host}:${server.port}/v1`)
      .catch(() => null);
    expect(server.connections()).toBeGreaterThan(0);
  });

  it('a name is refused when it resolves to loopback, alone or beside a public address', async () => {
    const server = await serve(protocol);
    for (const answers of [['127.0.0.1'], ['203.0.114.7', '127.0.0.1'], ['127.0.0.1', '203.0.114.7']]) {
      const { resolve } = await dns(() => answers);
      await expect(network(PUBLIC_ONLY, resolve).fetch(`${protocol}://${NAME}:${server.port}/`)).rejects.toMatchObject(forbidden);
    }
    expect(server.connections()).toBe(0);
  });

  it('a name whose answer changes is connected to where it was checked, and refused the next time', async () => {
    const server = await serve(protocol, (_, response) => void response.setHeader('connection', 'close').end('{}'));
    // .1 stands for the internet here and .2 for what lies behind
    const permits = (address: string) => address === '127.0.0.1';
    const names = await dns((question) => (question === 0 ? ['127.0.0.1'] : ['127.0.0.2']));
    const { fetch } = network(permits, names.resolve);
    const url = `${protocol}://${NAME}:${server.port}/`;
    expect((await fetch(url)).status).toBe(200);
    // one look-up for the check and the connection: a second answer could not have slipped in between
    expect([names.asked(), server.connections()]).toEqual([1, 1]);
    await expect(fetch(url)).rejects.toMatchObject(forbidden);
    expect([names.asked(), server.connections()]).toEqual([2, 1]);
  });

  it('a name that passed when it was given is refused when it resolves otherwise later', async () => {
    const server = await serve(protocol);
    const names = await dns((question) => (question === 0 ? ['203.0.114.7'] : ['127.0.0.1']));
    const first = await new Promise((resolve) => names.resolve(NAME, {}, (_, address) => resolve(address)));
    expect(PUBLIC_ONLY?.(String(first))).toBe(true);
    await expect(network(PUBLIC_ONLY, names.resolve).fetch(`${protocol}://${NAME}:${server.port}/`)).rejects.toMatchObject(forbidden);
    expect(server.connections()).toBe(0);
  });

  it('a redirect is not followed', async () => {
    const inner = await serve(protocol);
    const outer = await serve(protocol, (_, response) => void response.writeHead(307, { location: `${protocol}://127.0.0.1:${inner.port}/` }).end());
    const sender = createSender({ connections: 1, permits: null, maxReplyBytes: 1_000, timeoutMs: 30_000 });
    closers.push(() => sender.close());
    expect(await sender.post(`${protocol}://127.0.0.1:${outer.port}/`, {}, '{}')).toEqual({
      failure: 'the server redirects, which is not followed: give its true URL',
      permanent: true,
    });
    expect(inner.connections()).toBe(0);
  });
});

describe('a sender', () => {
  function sender(permits: Permits, timeoutMs: number) {
    const opened = createSender({ connections: 2, permits, maxReplyBytes: 1_000, timeoutMs });
    closers.push(() => opened.close());
    return opened;
  }

  it('posts what it is given and gives the status, also of a reply that it does not read to its end', async () => {
    const seen: unknown[] = [];
    const server = await serve('http', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        seen.push([request.method, request.headers['content-type'], request.headers['webhook-id'], body]);
        response.writeHead(410, { 'retry-after': '7' }).end('x'.repeat(1_000_000));
      });
    });
    const message = { 'content-type': 'application/json', 'Webhook-Id': 'msg_1' };
    expect(await sender(null, 30_000).post(`http://127.0.0.1:${server.port}/`, message, '{"a":1}')).toEqual({ status: 410, retryAfter: '7' });
    expect(seen).toEqual([['POST', 'application/json', 'msg_1', '{"a":1}']]);
  });

  it('gives up on a server that does not answer, and on one that is not there', async () => {
    const server = await serve('http', () => undefined);
    expect(await sender(null, 200).post(`http://127.0.0.1:${server.port}/`, {}, '')).toEqual({ failure: 'no reply within 0.2 s', permanent: false });
    const gone = await serve('http');
    await closers.pop()?.();
    for (const permits of [null, () => true]) {
      for (const host of ['127.0.0.1', 'localhost']) expect(await sender(permits, 30_000).post(`http://${host}:${gone.port}/`, {}, '')).toEqual({ failure: 'ECONNREFUSED', permanent: false });
    }
    // fetch has a list of ports that it leaves alone
    expect(await sender(null, 30_000).post('http://127.0.0.1:9/', {}, '')).toEqual({ failure: 'the port belongs to another protocol and is never connected to: serve on another one', permanent: true });
  });

  it('says why an address is refused, and is stopped by a signal', async () => {
    const server = await serve('http', () => undefined);
    expect(await sender(PUBLIC_ONLY, 30_000).post(`http://127.0.0.1:${server.port}/`, {}, '')).toMatchObject({
      failure: expect.stringContaining('private network') as string,
      permanent: true,
    });
    expect(await sender(null, 30_000).post(`http://127.0.0.1:${server.port}/`, {}, '', AbortSignal.timeout(50))).toMatchObject({ permanent: false });
  });

  it('the test server is reached by all loopback forms of this machine', async () => {
    const server = await serve('http');
    for (const host of ['127.0.0.1', '::1', '127.0.0.2']) {
      await new Promise<void>((resolve, reject) => connect(server.port, host, resolve).once('error', reject).unref());
    }
    expect(server.connections()).toBe(3);
  });
});
