import { type ModelServer, startModelServer } from './model-server.ts';

/** Uniform on [0, 1), the same for the same text. */
function chance(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

/**
 * A server that samples its answers: the n-th time it is asked a text it draws anew, unless the call has a seed, which
 * fixes the draw. Whatever order requests come in, the answers to one text are the same set, so tests repeat exactly.
 */
export async function startSamplingServer(answer: (text: string, draw: number) => string, more: Parameters<typeof startModelServer>[0] = {}): Promise<ModelServer> {
  const times = new Map<string, number>();
  return startModelServer({
    ...more,
    answer: ({ text, body }) => {
      const nth = (times.get(text) ?? 0) + 1;
      times.set(text, nth);
      const seed = body?.['seed'];
      return answer(text, chance(`${text}|${typeof seed === 'number' ? `seed ${seed}` : nth}`));
    },
  });
}
