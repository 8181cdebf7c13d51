import type { Result } from '../contract/resource.ts';

/** Paints for a terminal; plain text elsewhere. */
export interface Paint {
  heat(text: string, share: number): string;
  bold(text: string): string;
  dim(text: string): string;
}

const plain = (text: string): string => text;

export function createPaint(colours: boolean): Paint {
  if (!colours) return { heat: plain, bold: plain, dim: plain };
  return {
    // 256-colour ramp from a pale to a strong orange for what raised the value, blue for what lowered it
    heat(text, share) {
      const ramp = share >= 0 ? [230, 223, 216, 209, 202] : [195, 159, 123, 87, 45];
      const strength = Math.min(1, Math.abs(share));
      if (strength < 0.05) return text;
      const colour = ramp[Math.min(ramp.length - 1, Math.floor(strength * ramp.length))];
      return `\u001b[48;5;${colour}m\u001b[30m${text}\u001b[0m`;
    },
    bold: (text) => `\u001b[1m${text}\u001b[0m`,
    dim: (text) => `\u001b[2m${text}\u001b[0m`,
  };
}

const BAR = 24;

/** `[████······] 12/34 evaluating` */
export function progressBar(done: number, planned: number, phase: string): string {
  const filled = planned > 0 ? Math.round((Math.min(done, planned) / planned) * BAR) : 0;
  return `[${'█'.repeat(filled)}${'·'.repeat(BAR - filled)}] ${String(done).padStart(3)}/${planned} ${phase}`;
}

function meter(share: number): string {
  const width = Math.round(Math.min(1, Math.abs(share)) * 12);
  return `${share < 0 && width > 0 ? '−' : ' '}${'▇'.repeat(width).padEnd(12)}`;
}

/** The units that no others were cut from: put together they are the whole input. */
function leaves(result: Result): Result['units'] {
  const opened = new Set(result.units.map((unit) => unit.parent));
  return result.units.filter((unit) => !opened.has(unit.index));
}

/** The units in order with their scores, strongest named first; ready to print. */
export function heatMap(result: Result, paint: Paint): string {
  const scores = result.attributions[0]?.scores ?? [];
  const shown = leaves(result);
  const strongest = Math.max(1e-9, ...shown.map((unit) => Math.abs(scores[unit.index] ?? 0)));
  const lines = shown.map((unit) => {
    const score = scores[unit.index] ?? null;
    const text = unit.text.trim().replaceAll(/\s+/g, ' ');
    if (score === null) return `  ${'fixed'.padStart(8)}  ${' '.repeat(13)}  ${paint.dim(text)}`;
    const share = score / strongest;
    return `  ${score.toFixed(3).replace(/^-0\.000$/, '0.000').padStart(8)}  ${meter(share)}  ${paint.heat(text, share)}`;
  });
  return lines.join('\n');
}

/** Unit texts by falling score. */
export function ranking(result: Result): { text: string; score: number }[] {
  const scores = result.attributions[0]?.scores ?? [];
  return leaves(result)
    .flatMap((unit) => {
      const score = scores[unit.index];
      return typeof score === 'number' ? [{ text: unit.text.trim(), score }] : [];
    })
    .toSorted((a, b) => b.score - a.score);
}
