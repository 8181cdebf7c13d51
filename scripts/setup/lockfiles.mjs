/**
 * Whether `found` (npm's node_modules/.package-lock.json) is what `asked` (package-lock.json) installs on this machine:
 * every package there is asked for in that version, and none is missing but those for other machines.
 */
export function agrees(asked, found, machine = { os: process.platform, cpu: process.arch }) {
  const wanted = asked.packages ?? {};
  const present = found.packages ?? {};
  const foreign = Object.entries(present).some(([path, entry]) => wanted[path]?.version !== entry.version);
  const missing = Object.entries(wanted).some(([path, entry]) => path !== '' && !(path in present) && isNeeded(entry, machine));
  return !foreign && !missing;
}

/*
 * An optional package counts as needed when it names this machine (the Node binary, native parts of the tools). One that
 * names no machine belongs to another optional package, and which C library a machine has cannot be told cheaply, so
 * those two kinds never count.
 */
function isNeeded(entry, machine) {
  if (entry.optional !== true && entry.devOptional !== true) return true;
  const named = entry.os !== undefined || entry.cpu !== undefined;
  return named && entry.libc === undefined && admits(entry.os, machine.os) && admits(entry.cpu, machine.cpu);
}

/** npm's rule for `os` and `cpu`: names (or one name without a list), or exclusions written with an exclamation mark. */
function admits(names, name) {
  if (names === undefined) return true;
  const list = [names].flat();
  if (list.includes(`!${name}`)) return false;
  return list.includes(name) || list.includes('any') || list.every((entry) => entry.startsWith('!'));
}
