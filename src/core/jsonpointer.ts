/**
 * Reference tokens of a JSON pointer (RFC 6901 sections 3 and 4): `/a~1b/0` → `['a/b', '0']`, the empty pointer → `[]`.
 * null when it is none.
 */
export function pointerTokens(pointer: string): string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}
