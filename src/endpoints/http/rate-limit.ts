interface HeaderReader {
  get(name: string): string | null;
}

/** What a server says is left of one limit, and in how many milliseconds it is whole again. */
export interface Left {
  remaining: number;
  resetMs: number;
}

export interface RateLimit {
  requests: Left | null;
  tokens: Left | null;
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6m0s`, `12ms`, `1.5s`, or seconds; null for anything else. */
function duration(text: string): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return total;
}

function left(headers: HeaderReader, kind: string): Left | null {
  const remaining = headers.get(`x-ratelimit-remaining-${kind}`)?.trim() ?? '';
  const resetMs = duration(headers.get(`x-ratelimit-reset-${kind}`)?.trim() ?? '');
  // some say −1, or no time: nothing to go by
  return /^\d+$/.test(remaining) && resetMs !== null ? { remaining: Number(remaining), resetMs } : null;
}

/** OpenAI's `x-ratelimit-{remaining,reset}-{requests,tokens}`, which many servers and routers have taken over. */
export function rateLimitOf(headers: HeaderReader): RateLimit {
  return { requests: left(headers, 'requests'), tokens: left(headers, 'tokens') };
}

/** How long nothing will be let through, where a limit is used up; null where none is said to be. */
export function exhaustedMs({ requests, tokens }: RateLimit, tokensNeeded: number): number | null {
  const waits = [requests && requests.remaining < 1 ? requests.resetMs : 0, tokens && tokens.remaining < Math.max(1, tokensNeeded) ? tokens.resetMs : 0];
  const longest = Math.max(...waits);
  return longest > 0 ? longest : null;
}
