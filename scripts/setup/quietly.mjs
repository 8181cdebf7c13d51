import { spawn } from 'node:child_process';

/** Lines kept of either end of a long output: some installers say first why they failed (npm), others last (apt). */
const KEPT_LINES = 15;

/**
 * Runs a command without a terminal and keeps its output for the case that it fails.
 * Never throws: a command that cannot be started has the code -1 and says why in `output`.
 */
export function quietly(command, args, { cwd = process.cwd(), env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on('close', (code, signal) => {
      const lines = Buffer.concat(chunks).toString('utf8').trimEnd().split('\n');
      if (signal !== null) lines.push(`ended by ${signal}`);
      resolve({ code: code ?? -1, output: shortened(lines).join('\n') });
    });
  });
}

function shortened(lines) {
  if (lines.length <= 2 * KEPT_LINES) return lines;
  return [...lines.slice(0, KEPT_LINES), `… ${lines.length - 2 * KEPT_LINES} lines …`, ...lines.slice(-KEPT_LINES)];
}
