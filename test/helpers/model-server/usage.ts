/** A reply whose usage tells of no cache. */
export function withoutDetails(reply: object): object {
  const { usage, ...rest } = reply as { usage: { prompt_tokens_details?: unknown } };
  const { prompt_tokens_details: _details, ...counts } = usage;
  return { ...rest, usage: counts };
}
