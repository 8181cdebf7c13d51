/** The method that a stored request asks for; what cannot be read counts, too. */
export function methodOf(request: string): string {
  try {
    const { method } = JSON.parse(request) as { method?: { id?: unknown } };
    return typeof method?.id === 'string' ? method.id : 'unknown';
  } catch {
    return 'unknown';
  }
}
