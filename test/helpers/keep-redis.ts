/*
 * A process that keeps (or shares) the embedded Redis of DATA_DIR until SIGTERM: what the tests kill.
 * Prints the server's process number when it is ready.
 */
import { Redis } from 'ioredis';
import { startEmbeddedRedis } from '../../src/store/embedded.ts';

const redis = await startEmbeddedRedis({ dataDir: process.env['DATA_DIR'] ?? '', searchPath: process.env['PATH'] ?? '' });
const client = new Redis({ path: redis.path });
const info = await client.info('server');
client.disconnect();

const idle = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  clearInterval(idle);
  void redis.close();
});
process.stdout.write(`server ${/^process_id:(\d+)/m.exec(info)?.[1] ?? 'unknown'}\n`);
