import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { chat, never, note, openEndpoint, reasons } from '../helpers/endpoint-kit.ts';
import { startModelServer } from '../helpers/model-server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

describe('the network of an endpoint', () => {
  it('does not follow a redirect, and does not try it again', async () => {
    let requests = 0;
    const port = await serve((_, response) => {
      requests += 1;
      response.writeHead(307, { location: `http://127.0.0.1:${port}/v1/elsewhere` }).end();
    });
    const { endpoint, close } = openEndpoint(`http://127.0.0.1:${port}/v1`);
    closers.push(close);
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(asked)[0]).toMatch(/^connection: .*redirects/);
    expect(requests).toBe(1);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])(
    'does not reach %s where private networks are closed',
    async (host) => {
      let requests = 0;
      const port = await serve((_, response) => {
        requests += 1;
        response.end('{}');
      });
      const { endpoint, close } = openEndpoint(`http://${host}:${port}/v1`, { allowPrivateNetwork: false });
      closers.push(close);
      const refused = { code: 'address_forbidden', message: expect.stringMatching(/^connection: .*private network/) as string };
      await expect(note(1, (options) => endpoint.generate([chat('x')], options))).rejects.toMatchObject(refused);
      await expect(endpoint.supports('m', never)).rejects.toMatchObject(refused);
      expect(requests).toBe(0);
    },
  );

  it('gives up on a reply that never ends, without reading it whole', async () => {
    let sent = 0;
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"choices":"');
      const chunk = 'x'.repeat(4 * 1024 * 1024);
      const more = () => {
        while (!response.destroyed) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
    });
    const { endpoint, close } = openEndpoint(`http://127.0.0.1:${port}/v1`);
    closers.push(close);
    const asked = await note(1, (options) => endpoint.generate([chat('x')], options));
    expect(reasons(asked)).toEqual(['connection: the reply is too large']);
    expect(sent).toBeLessThan(512 * 1024 * 1024);
  });

  it('reaches a server whose base URL has another path, with /tokenize beside its last /v1', async () => {
    const paths: string[] = [];
    const port = await serve((request, response) => {
      paths.push(request.url ?? '');
      const [status, reply] = request.url?.endsWith('/chat/completions') ? [200, '{"choices":[{"message":{"content":"x"}}]}'] : [404, '{"detail":"Not Found"}'];
      response.writeHead(status, { 'content-type': 'application/json' }).end(reply);
    });
    const { endpoint, close } = openEndpoint(`http://127.0.0.1:${port}/proxy/model/v1/`);
    closers.push(close);
    expect(await endpoint.supports('m', never)).toMatchObject({ chat: 'text', completion: null, responses: null });
    expect(paths).toEqual(expect.arrayContaining(['/proxy/model/v1/completions', '/proxy/model/v1/chat/completions', '/proxy/model/v1/responses', '/proxy/model/tokenize']));
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('asks nothing more when it is closed', async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[{"message":{"content":"x"}}]}'),
    );
    const { endpoint, close } = openEndpoint(`http://127.0.0.1:${port}/v1`);
    await note(1, (options) => endpoint.generate([chat('x')], options));
    await close();
    await expect(note(1, (options) => endpoint.generate([chat('x')], options))).rejects.toThrow('closed');
  });

  it.each([
    ['', /http 404: .*the base URL has no \/v1 at its end/],
    ['/v1/', /^http 404: model_not_found: (?!.*base URL).* \(it knows no such model or route\)$/],
  ])('hints at the path of a base URL that ends in %j', async (path, message) => {
    const server = await startModelServer({ models: ['another'] });
    const { endpoint, close } = openEndpoint(server.url.replace(/\/v1$/, path));
    closers.push(close, () => server.close());
    await expect(note(1, (options) => endpoint.generate([chat('x')], options))).rejects.toMatchObject({ code: 'endpoint_refused', message: expect.stringMatching(message) as string });
  });
});
