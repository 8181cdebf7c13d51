/** Keeps secrets that callers gave, encrypted, for as long as a job needs them. */
export interface Vault {
  /** @param context what it belongs to: it can be opened with the same context only */
  seal(secret: string, context: string): string;
  /** @throws ProblemError secret_unreadable when it was sealed by a key that is no longer there, for another context, or changed since */
  open(sealed: string, context: string): string;
  /** A keyed hash: tells the same texts from others and nothing else to whoever lacks the key. */
  fingerprint(texts: readonly string[]): string;
}
