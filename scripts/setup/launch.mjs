import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { EXIT } from './say.mjs';

/**
 * Runs a Node program in the foreground and gives its exit code (128 + number when a signal ended it). SIGINT, SIGTERM
 * and SIGHUP are passed on and never end this process first, so that the exit code is always the program's own.
 */
export function launch({ node, args, cwd, firstOnPath, lastOnPath }) {
  const path = [...firstOnPath, ...(process.env.PATH ?? '').split(delimiter), ...lastOnPath];
  const env = { ...process.env, PATH: [...new Set(path)].join(delimiter) };
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd, env, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        if (!comesFromTerminal(signal)) child.kill(signal);
      });
    }
    child.on('error', (error) => {
      process.stderr.write(`${node} could not be started: ${error.message}\n`);
      resolve(EXIT.unavailable);
    });
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

/** Ctrl-C reaches the program by itself, since a terminal sends it to the whole group: a second one would mean "at once". */
function comesFromTerminal(signal) {
  return signal === 'SIGINT' && process.stdin.isTTY === true;
}
