import { parseArgs } from 'node:util';
import { startDemoServer } from './server.ts';

/*
 * node demo/serve.ts [--host 127.0.0.1] [--port N] [--with-parent]
 *
 * Prints the base URL as one line, then serves until SIGINT or SIGTERM. With --with-parent it also ends when the process
 * that started it does: when its IPC channel or, without one, its standard input closes.
 */

const { values } = parseArgs({
  options: { host: { type: 'string' }, port: { type: 'string' }, 'with-parent': { type: 'boolean' } },
});
const port = Number(values.port ?? 0);
if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('--port must be a whole number from 0 to 65535');

const server = await startDemoServer({ port, ...(values.host === undefined ? {} : { host: values.host }) });

let ending = false;
const end = (): void => {
  if (ending) return;
  ending = true;
  void server.close().then(() => process.exit(0));
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
if (values['with-parent'] === true) {
  if (process.connected) process.once('disconnect', end);
  else process.stdin.resume().once('end', end).once('error', end);
}

process.stdout.write(`${server.url}\n`);
