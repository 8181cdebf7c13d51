import { z } from 'zod';

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Option of the segmenters that follow a language's rules. They know every script whatever the locale is. */
export const localeOption = z
  .string()
  .min(1)
  .max(64)
  .refine(isLocale, { message: 'must be a BCP 47 language tag' })
  .default('en')
  .describe('BCP 47 language tag; fine-tunes the rules, which know every script anyway.');

/** Callers name locales, so that few are kept. */
const KEPT = 64;
const kept = new Map<string, Intl.Segmenter>();

/**
 * English stands in where the language is unknown, so that the machine's own locale never decides. Making one costs as much
 * as cutting a page, so they are kept.
 */
export function segmenterFor(locale: string, granularity: 'word' | 'sentence' | 'grapheme'): Intl.Segmenter {
  const name = `${granularity} ${locale}`;
  const known = kept.get(name);
  if (known) return known;
  const made = new Intl.Segmenter([locale, 'en'], { granularity });
  if (kept.size < KEPT) kept.set(name, made);
  return made;
}
