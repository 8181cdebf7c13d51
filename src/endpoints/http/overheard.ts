import type { Log } from '../traffic/channel.ts';
import type { Client } from './client.ts';

const HIDDEN = '[key]';

/** What was sent and answered goes to the log: for operators who ask for it. The key does not, wherever it is quoted. */
export function overheard(client: Client, endpoint: string, secret: string | null, log: Log): Client {
  const shown = (value: unknown): unknown => {
    const text = JSON.stringify(value);
    return secret === null ? value : JSON.parse(text.replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN));
  };
  return {
    async post(request, signal, onLeft) {
      const asked = { endpoint, path: request.path, request: shown(request.body) };
      try {
        const reply = await client.post(request, signal, onLeft);
        log.info({ ...asked, reply: shown(reply) }, 'asked');
        return reply;
      } catch (error) {
        log.info({ ...asked, failure: error instanceof Error ? error.message : 'stopped' }, 'asked in vain');
        throw error;
      }
    },
    close: () => client.close(),
  };
}
