import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { REDACTED, shownError } from '../../src/bin/discreet.ts';
import { ProblemError } from '../../src/errors.ts';

const SECRET = 'sk-0123456789';

function logged(fields: object): string {
  let text = '';
  const out = new Writable({ write: (chunk, _encoding, done) => ((text += String(chunk)), done()) });
  pino({ errorKey: 'error', redact: REDACTED, serializers: { error: shownError, err: shownError } }, out).warn(fields, 'x');
  return text;
}

describe('the log', () => {
  it.each([
    { api_key: SECRET },
    { endpoint: { api_key: SECRET } },
    { request: { headers: { authorization: `Bearer ${SECRET}` } } },
    { settings: { apiKey: SECRET, password: SECRET } },
  ])('%#: blanks what is named like a secret', (fields) => {
    const text = logged(fields);
    expect(text).not.toContain(SECRET);
    expect(text).toContain('[redacted]');
  });

  it('shows of an error what it is and where it came from, not what hangs on it', () => {
    const error = Object.assign(new Error('ERR something'), { code: 'ESOMETHING', command: { name: 'hset', args: [SECRET] }, request: { body: SECRET }, cause: Object.assign(new Error('below'), { args: [SECRET] }) });
    for (const text of [logged({ error }), logged({ err: error })]) {
      expect(text).not.toContain(SECRET);
      expect(text).toMatch(/ERR something.*ESOMETHING.*discreet\.test.*below/);
    }
  });

  it('does not show what JSON.parse could not read, nor what stands in quotes', () => {
    const unreadable = (): unknown => {
      try {
        return JSON.parse(`the prompt ${SECRET}`);
      } catch (error) {
        return error;
      }
    };
    expect(logged({ error: unreadable() })).not.toMatch(/prompt|sk-0/);
    expect(logged({ error: new TypeError(`cannot read "${SECRET}" of it's`) })).not.toContain(SECRET);
  });

  it('shows our own problems in full, and leaves alone what is no error', () => {
    expect(logged({ error: new ProblemError('unknown_model', 'the endpoint "a" offers b') })).toContain('offers b');
    expect(logged({ error: 'plain words' })).toContain('plain words');
  });
});
