/**
 * Makes texts that differ only in case equal. Upper case first, because it joins what lower case keeps apart (ß and SS,
 * σ and ς, ſ and s). By Unicode's default mappings, never by the machine's locale.
 */
export function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * The text without punctuation (Unicode category P; currency, operators and emoji are symbols and stay). A text that is
 * nothing but punctuation is kept as it is: otherwise "?" and "!" would be the same answer.
 */
export function withoutPunctuation(text: string): string {
  const kept = text.replace(/\p{P}+/gu, '');
  return kept.trim() === '' ? text : kept;
}
