import { createHash } from 'node:crypto';

/**
 * JSON on one line, with what chat templates begin their control words with spelled by its code: `<|im_end|>`, `</s>`,
 * `[INST]`. Some servers take such words for what they stand for, wherever they find them.
 */
function spelled(text: string): string {
  return JSON.stringify(text)
    .replaceAll(/[<\u0085\u2028\u2029]|\[(?=\/?[A-Z]{2})/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Untrusted texts for a judge's prompt: each as one JSON string on a line between two marker lines. JSON leaves no line
 * break with which a text could end its line, and the marker is a hash of all the texts: nobody can write it into a text
 * without changing it. The same texts give the same prompt, so a verdict can be cached.
 */
export function sealed(texts: Readonly<Record<string, string>>): { marker: string; body: string } {
  const marker = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 24);
  const blocks = Object.entries(texts).map(([name, text]) => `${name}:\n<<<${marker}\n${spelled(text)}\n${marker}>>>`);
  return { marker, body: blocks.join('\n\n') };
}
