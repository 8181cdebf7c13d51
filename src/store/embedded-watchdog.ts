import { spawn } from 'node:child_process';

/**
 * Ends a server when this process is gone, however it went: a shell that waits for its standard input to close, which
 * the system does even after SIGKILL. The returned function calls it off.
 */
export function watch(pid: number): () => void {
  const dog = spawn('/bin/sh', ['-c', 'read -r _ || kill -TERM "$0"', String(pid)], {
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no watchdog; the next start then takes over the server that was left.
  dog.on('error', () => undefined);
  dog.stdin.on('error', () => undefined);
  dog.unref();
  return () => void dog.stdin.end('off\n');
}
