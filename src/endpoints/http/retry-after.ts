interface HeaderReader {
  get(name: string): string | null;
}

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date
 * (RFC 9110 section 10.2.3). null when it does not say, says something else, or says no time at all.
 */
export function retryAfterMs(headers: HeaderReader | undefined, now: number): number | null {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (milliseconds > 0) return milliseconds;
  const value = headers?.get('retry-after')?.trim();
  if (!value) return null;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return wait > 0 ? wait : null;
}
