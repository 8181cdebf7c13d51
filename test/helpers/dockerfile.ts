/** One instruction of a Dockerfile: its name, and the rest with continued lines joined. */
export interface Instruction {
  name: string;
  rest: string;
}

export function instructions(text: string): Instruction[] {
  return text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/);
      return { name: name.toUpperCase(), rest: rest.join(' ') };
    });
}

/** A COPY: its sources, its target, and the stage that it copies from (null = the build context). */
export function copied({ rest }: Instruction): { from: string | null; sources: string[]; target: string } {
  const words = rest.split(' ');
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null;
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}

/** Whether .dockerignore leaves a path out of the build context: the last pattern that covers it, or a folder above it, decides. */
export function isIgnored(ignoreFile: string, path: string): boolean {
  const patterns = ignoreFile.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const folders = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  return patterns.reduce((ignored, pattern) => {
    const glob = new RegExp(`^${pattern.replace(/^!/, '').replaceAll(/[.+^$()|[\]{}\\]/g, '\\$&').replaceAll('*', '[^/]*')}$`);
    return folders.some((folder) => glob.test(folder)) ? !pattern.startsWith('!') : ignored;
  }, false);
}
