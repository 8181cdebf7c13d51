/** Exit codes after sysexits.h: 64 wrong usage, 69 a service is away, 78 the machine lacks something. */
export const EXIT = { usage: 64, unavailable: 69, config: 78 };

/** One line about the set-up, on stderr: stdout belongs to the command. */
export function say(line) {
  process.stderr.write(`[set-up] ${line}\n`);
}

/** Ends the process with a message, one line per entry. */
export function stopWith(code, lines) {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(code);
}
