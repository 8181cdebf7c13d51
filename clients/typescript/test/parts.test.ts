import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../test/helpers/processes.ts';
import { eventsOf, type ServerEvent } from '../src/sse.ts';
import { verifyWebhook } from '../src/index.ts';

async function read(text: string, cuts: readonly number[] = [], onRetry?: (milliseconds: number) => void): Promise<ServerEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      [...places, bytes.length].reduce((from, to) => {
        controller.enqueue(bytes.slice(from, to));
        return to;
      }, 0);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(stream, onRetry)) events.push(event);
  return events;
}

describe('an event stream', () => {
  it('is read as the standard says', async () => {
    let retry = 0;
    const text = 'retry: 2000\n\n: a comment\nid: 1\nevent: a\ndata: x\ndata:  y\n\ndata\n\nevent: b\n\nid: 2\ndata: {"z": "ä:\u{1f98a}"}\r\n\r\ndata: cut off';
    expect(await read(text, [], (milliseconds) => (retry = milliseconds))).toEqual([
      { id: '1', event: 'a', data: 'x\n y' },
      { id: '1', event: 'message', data: '' },
      { id: '2', event: 'message', data: '{"z": "ä:\u{1f98a}"}' },
    ]);
    expect(retry).toBe(2_000);
  });

  it('is the same however it is cut into pieces', async () => {
    const line = fc.stringMatching(/^[a-zä: ]{0,8}$/);
    const message = fc.tuple(line, line, fc.constantFrom('\n', '\r\n')).map(([event, data, end]) => [`event: e${event}`, `data: ${data}`, '', ''].join(end));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 4 }), fc.array(fc.nat(400), { maxLength: 8 }), async (messages, cuts) => {
        expect(await read(messages.join(''), cuts)).toEqual(await read(messages.join('')));
      }),
    );
  });
});

describe('verifyWebhook', () => {
  const secret = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`;
  const other = `whsec_${Buffer.from('another key of thirty-two bytes.').toString('base64')}`;
  const body = JSON.stringify({ type: 'explanation.completed', timestamp: '2026-01-01T00:00:00Z', data: { id: 'exp_1' } });
  const at = new Date('2026-01-01T00:00:10Z');
  const signed = (by: string) => ({ 'webhook-id': 'msg_1', 'webhook-timestamp': String(at.getTime() / 1_000), 'webhook-signature': new Webhook(by).sign('msg_1', at, body) });

  it('takes what the secret signed, or one of those that are being rotated', async () => {
    expect(await verifyWebhook({ body, headers: signed(secret) }, secret, at.getTime())).toMatchObject({ data: { id: 'exp_1' } });
    expect(await verifyWebhook({ body, headers: new Headers(signed(secret)) }, [other, secret], at.getTime())).toMatchObject({ type: 'explanation.completed' });
    const both = { ...signed(secret), 'webhook-signature': `v1,AAAA ${signed(other)['webhook-signature']} ${signed(secret)['webhook-signature']}` };
    expect(await verifyWebhook({ body, headers: both }, secret, at.getTime())).toMatchObject({ data: { id: 'exp_1' } });
  });

  it.each([
    ['another secret', { body, headers: signed(other) }, at],
    ['another body', { body: `${body} `, headers: signed(secret) }, at],
    ['another id', { body, headers: { ...signed(secret), 'webhook-id': 'msg_2' } }, at],
    ['no signature', { body, headers: { ...signed(secret), 'webhook-signature': undefined } }, at],
    ['another kind of signature', { body, headers: { ...signed(secret), 'webhook-signature': 'v2,%%%' } }, at],
    ['an old message', { body, headers: signed(secret) }, new Date(at.getTime() + 301_000)],
    ['a message of the future', { body, headers: signed(secret) }, new Date(at.getTime() - 301_000)],
  ])('refuses %s', async (_, received, now) => {
    await expect(verifyWebhook(received, secret, now.getTime())).rejects.toMatchObject({ name: 'WebhookError' });
  });
});

describe('the package', () => {
  it('builds, depends on nothing, and gives what its exports say', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wherefore-client-'));
    try {
      const manifest = JSON.parse(await readFile(join(ROOT, 'clients/typescript/package.json'), 'utf8')) as { dependencies?: object; exports: { '.': { types: string; default: string } } };
      expect(manifest.dependencies).toBeUndefined();
      const run = promisify(execFile);
      await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'clients/typescript'), '--outDir', join(folder, 'dist')]);
      await writeFile(join(folder, 'package.json'), '{"type":"module"}');
      const { types, default: entry } = manifest.exports['.'];
      expect(await readFile(join(folder, types), 'utf8')).toContain('Wherefore');
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', `console.log(Object.keys(await import(${JSON.stringify(join(folder, entry))})).sort().join(' '))`]);
      expect(stdout.trim()).toBe('WebhookError Wherefore WhereforeError hasEnded verifyWebhook');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
